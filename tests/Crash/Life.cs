using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Crash;

/// <summary>One life of the box: a process, from its start to its end.</summary>
internal sealed partial class Life : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    /// <summary>Starts the box.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="words">Its configuration.</param>
    /// <param name="mark">What it and all that comes from it carry in the environment.</param>
    public Life(string program, IEnumerable<string> words, string mark)
    {
        var info = new ProcessStartInfo(program, words) { RedirectStandardInput = true, RedirectStandardError = true };
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        info.Environment[MarkedProcesses.Variable] = mark;
        _ = info.Environment.Remove("MEESEEKS_RUN");
        _process = Process.Start(info)!;
        _reading = ReadAsync();
    }

    /// <summary>The number of its process.</summary>
    public int Pid => _process.Id;

    /// <summary>Where it listens; ends when it does.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public Task<int> Port => _port.Task;

    /// <summary>What it said that it should not have to say. Complete after its end.</summary>
    public IEnumerable<string> Complaints => _log
        .Where(line => line.StartsWith("ERROR", StringComparison.Ordinal) || line.StartsWith("CRITICAL", StringComparison.Ordinal));

    /// <summary>Kills it (SIGKILL): it can do nothing about that.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Asks it to stop.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("/bin/kill", ["-TERM", Pid.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();

        await _process.WaitForExitAsync();
        await _reading;
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _log.Add(line);
            if (Listening().Match(line) is { Success: true } match)
                _ = _port.TrySetResult(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }

        _ = _port.TrySetException(new InvalidOperationException($"the box ended before it listened; it said:\n{string.Join('\n', _log)}"));
        _ = _port.Task.Exception;
    }

    [GeneratedRegex(@"listening on \S+:(\d+)$")]
    private static partial Regex Listening();
}
