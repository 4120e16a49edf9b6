using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A watcher that runs: the real program in a process of its own.</summary>
public sealed class RunningWatcher : IAsyncDisposable
{
    private const int StoppedBeforeItBegan = 128 + Signal.Terminate;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private bool _isEnded;

    private RunningWatcher(string[] words)
    {
        _process = WatchProgram.Start(words);
        Log = new BoxLog(_process, null);
    }

    /// <summary>What it says.</summary>
    public BoxLog Log { get; }

    /// <summary>The number of its process.</summary>
    public int Pid => _process.Id;

    /// <summary>Starts one.</summary>
    /// <param name="port">Where its box listens.</param>
    /// <param name="words">Its configuration.</param>
    public static RunningWatcher Start(int port, params string[] words) =>
        new(["client.address=127.0.0.1", $"client.port={port}", "client.refresh=0.05", .. words]);

    /// <summary>Ends it as a crash does.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        _ = await WaitForExitAsync();
    }

    /// <summary>Sends a signal.</summary>
    public void Send(int signal) => Signal.Send(Pid, signal);

    /// <summary>Stops it in order.</summary>
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
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        await Log.Closed.WaitAsync(Patience);
        _isEnded = true;
        return _process.ExitCode;
    }

    /// <summary>The most memory that the process has had in use, in bytes.</summary>
    public long PeakMemory() => 1024 * long.Parse(
        File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    /// <summary>Shows the log with the test, and stops the watcher if the test has not.</summary>
    /// <exception cref="InvalidOperationException">It did not stop well, or tells of a fault in itself.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            var status = _isEnded ? 0 : await StopAsync();

            // One that has only just begun does not know yet what to do at the signal.
            if (status is not (0 or StoppedBeforeItBegan) || Log.Has("please report it"))
                throw new InvalidOperationException($"the watcher ended with status {status}; its log:\n{Log}");
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"the log of the watcher:\n{Log}");
            _process.Kill();
            _process.Dispose();
        }
    }
}
