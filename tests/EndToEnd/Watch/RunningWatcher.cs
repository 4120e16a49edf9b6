using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A running watcher in a process of its own.</summary>
public sealed class RunningWatcher : IAsyncDisposable
{
    private const int StoppedBeforeItBegan = 128 + Signal.Terminate;

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private bool _isEnded;

    // With a control socket of its own. The default is in a folder of all watchers of this user.
    private RunningWatcher(string[] words)
    {
        _process = WatchProgram.Start([Control, .. words]);
        Log = new BoxLog(_process, null);
    }

    /// <summary>The log of the watcher.</summary>
    public BoxLog Log { get; }

    /// <summary>The words that name this watcher for <c>status</c> and <c>again</c>.</summary>
    public string Control => $"control={_folder.File("control.sock")}";

    /// <summary>The id of the process.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts a watcher.</summary>
    /// <param name="port">The port of its box.</param>
    /// <param name="words">Its configuration.</param>
    public static RunningWatcher Start(int port, params string[] words) =>
        new(["client.address=127.0.0.1", $"client.port={port}", "client.refresh=0.05", .. words]);

    /// <summary>Kills the watcher with SIGKILL.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        _ = await WaitForExitAsync();
    }

    /// <summary>Sends a signal.</summary>
    public void Send(int signal) => Signal.Send(Pid, signal);

    /// <summary>Stops the watcher with SIGTERM.</summary>
    /// <returns>Its exit status.</returns>
    public Task<int> StopAsync()
    {
        Send(Signal.Terminate);
        return WaitForExitAsync();
    }

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Wait.Limit);
        await Log.Closed.WaitAsync(Wait.Limit);
        _isEnded = true;
        return _process.ExitCode;
    }

    /// <summary>The peak memory of the process, in bytes.</summary>
    public long PeakMemory()
    {
        var peak = File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    /// <summary>Adds the log to the output of the test, and stops a running watcher.</summary>
    /// <exception cref="InvalidOperationException">The stop failed, or the log has an internal error.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            var status = _isEnded ? 0 : await StopAsync();

            // A watcher that has just started has no handler of the signal yet.
            if (status is not (0 or StoppedBeforeItBegan) || Log.Has("please report it"))
                throw new InvalidOperationException($"the watcher ended with status {status}; its log:\n{Log}");
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"the log of the watcher:\n{Log}");
            _process.Kill();
            _process.Dispose();
            _folder.Dispose();
        }
    }
}
