using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MeeseeksBox.Testing;

namespace MeeseeksBox.PowerCut.Recording;

/// <summary>Instances of a box, one after the other, and all their runners and jobs, below one strace.</summary>
internal sealed partial class TracedBox : IAsyncDisposable
{
    private const string Calls =
        "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync,syncfs,"
        + "sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
        + "sendto,sendmsg,sendmmsg,sendfile,copy_file_range,splice";

    // Starts an instance for each line of the standard input.
    private const string Script = "while read -r next; do \"$@\" </dev/null & echo \"pid $!\" >&2; wait $!; echo \"ended $?\" >&2; done";

    private readonly Process _process;
    private readonly Task _reading;
    private readonly List<string> _log = [];
    private int _seen;

    /// <summary>Starts strace, and no box yet.</summary>
    /// <param name="log">The file for the system calls.</param>
    /// <param name="words">The words of the configuration of the box.</param>
    public TracedBox(string log, IEnumerable<string> words)
    {
        var info = new ProcessStartInfo(
            "strace",
            [
                .. Options, "-o", log, "-e", $"trace={Calls}",
                "sh", "-c", Script, "sh", ProgramsUnderTest.PathOf("meeseeks-box"), .. words,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        ProgramsUnderTest.SetRuntime(info);
        _process = Process.Start(info)!;
        _reading = ReadAsync();
    }

    /// <summary>The lines of the log of all instances.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    private static string[] Options => ["-f", "--seccomp-bpf", "-yy", "-xx", "-s", "16777216", "-qq", "-e", "signal=none"];

    /// <summary>Why system calls cannot be recorded here; null when they can.</summary>
    public static string? ProblemOf()
    {
        try
        {
            using var strace = Process.Start(new ProcessStartInfo("strace", [.. Options, "-e", "trace=fsync", "true"])
            {
                RedirectStandardError = true,
            })!;
            var problem = strace.StandardError.ReadToEnd();
            strace.WaitForExit();
            return strace.ExitCode is 0 ? null : $"strace does not work here: {problem.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "strace is missing; install it";
        }
    }

    /// <summary>Starts an instance.</summary>
    /// <returns>Its process id, and its port.</returns>
    public async Task<(int Pid, int Port)> StartAsync()
    {
        await _process.StandardInput.WriteLineAsync("next");
        await _process.StandardInput.FlushAsync();
        return (await NextAsync(Pid()), await NextAsync(Listening()));
    }

    /// <summary>Sends a signal to an instance, and waits for its end.</summary>
    public async Task EndAsync(int pid, string signal)
    {
        using (var kill = Process.Start("/bin/kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        _ = await NextAsync(Ended());
    }

    /// <summary>Waits until all processes have ended.</summary>
    public async Task CompleteAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<int> NextAsync(Regex pattern)
    {
        var found = 0;
        await Wait.Until(() => TryFind(pattern, out found), () => Log);
        return found;
    }

    private bool TryFind(Regex pattern, out int number)
    {
        number = 0;
        lock (_log)
        {
            for (var index = _seen; index < _log.Count; index++)
            {
                if (pattern.Match(_log[index]) is { Success: true } match)
                {
                    number = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                    _seen = index + 1;
                    return true;
                }
            }
        }

        return false;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_log)
                _log.Add(line);
        }
    }

    [GeneratedRegex("^pid ([0-9]+)$")]
    private static partial Regex Pid();

    [GeneratedRegex("^ended ([0-9]+)$")]
    private static partial Regex Ended();

    [GeneratedRegex(@"listening on \S+:(\d+)$")]
    private static partial Regex Listening();
}
