using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Crash;

/// <summary>An instance of the box: a process, from its start to its end.</summary>
internal sealed partial class Life : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    /// <summary>Starts the box.</summary>
    /// <param name="program">The file of the program.</param>
    /// <param name="words">The words of its configuration.</param>
    /// <param name="mark">The value of the environment variable that marks the box and its jobs.</param>
    public Life(string program, IEnumerable<string> words, string mark)
    {
        var info = new ProcessStartInfo(program, words) { RedirectStandardInput = true, RedirectStandardError = true };
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        info.Environment[MarkedProcesses.Variable] = mark;
        _ = info.Environment.Remove("MEESEEKS_RUN");
        _process = Process.Start(info)!;
        _reading = ReadAsync();
    }

    /// <summary>The id of the process.</summary>
    public int Pid => _process.Id;

    /// <summary>The port; completes when the box listens.</summary>
    /// <exception cref="InvalidOperationException">The box ended before it listened.</exception>
    public Task<int> Port => _port.Task;

    /// <summary>The errors in its log, complete after its end.</summary>
    public IEnumerable<string> Complaints => _log
        .Where(line => line.StartsWith("ERROR", StringComparison.Ordinal) || line.StartsWith("CRITICAL", StringComparison.Ordinal));

    /// <summary>Kills the box with SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Stops the box with SIGTERM.</summary>
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

        _ = _port.TrySetException(new InvalidOperationException($"the box ended before it listened; its log:\n{string.Join('\n', _log)}"));
        _ = _port.Task.Exception;
    }

    [GeneratedRegex(@"listening on \S+:(\d+)$")]
    private static partial Regex Listening();
}
