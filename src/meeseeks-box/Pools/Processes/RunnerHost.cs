using System.Collections.Concurrent;
using System.Net.Sockets;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;
using Serilog;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The runners of this box: one for each account of its jobs, started with the first of them (docs/RUNNER.md#users).</summary>
/// <param name="program">Full path of their program.</param>
/// <param name="runsFolder">The folder in which each runner gets a folder of its own.</param>
/// <param name="log">Receives runners that do not answer.</param>
internal sealed class RunnerHost(string program, RunsFolder runsFolder, ILogger log) : IAsyncDisposable
{
    private readonly RunnerLauncher _launcher = new(program, runsFolder);
    private readonly RunSigner _signer = new(runsFolder);
    private readonly ConcurrentDictionary<string, AccountRunner> _runners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RunnerConnection, Task> _connections = [];
    private readonly TaskTracker _forgetting = new();
    private volatile bool _isReleased;
    private volatile bool _isClosed;

    /// <summary>The host of the runner beside this program.</summary>
    public RunnerHost(RunsFolder runsFolder, ILogger log)
        : this(Path.Combine(AppContext.BaseDirectory, RunnerLauncher.Name), runsFolder, log)
    {
    }

    /// <summary>Starts a run.</summary>
    /// <param name="account">As which it runs.</param>
    /// <param name="start">The order to start its process.</param>
    /// <param name="note">Receives what a person should know about the run.</param>
    /// <param name="kill">Ends the wait for a runner.</param>
    /// <exception cref="IOException">The runner cannot be started; the message says why.</exception>
    public Task<RunnerRun> StartAsync(Credentials account, RunnerMessage start, Action<string> note, CancellationToken kill) =>
        _isClosed
            ? throw new IOException("the box is stopping")
            : RunnerOf(RunnerOwner.Of(account)).StartAsync(account, start, note, kill);

    /// <summary>What a runner keeps about a run for a later instance of the box.</summary>
    /// <param name="account">As which it runs.</param>
    /// <param name="run">The id of the run.</param>
    /// <param name="identity">The text of <see cref="RunIdentity"/>.</param>
    /// <exception cref="IOException">The runs folder cannot be used.</exception>
    public string DataOf(Credentials account, string run, string identity)
    {
        try
        {
            return _signer.Sign(RunnerOwner.Of(account), run, identity);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new IOException(problem.Message, problem);
        }
    }

    /// <summary>What a former instance of the box has known about a run; null when it is not known.</summary>
    public FormerRun? FormerOf(RunnerRun run)
    {
        try
        {
            return run.Former(_signer);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            log.Error("run {Run} of another user is not taken over, because the key cannot be read: {Problem}", run.Id, problem.Message);
            return null;
        }
    }

    /// <summary>Connects to the runners of former instances of this box.</summary>
    /// <returns>The runs that they have.</returns>
    public async Task<IReadOnlyList<RunnerRun>> AdoptAsync()
    {
        // At once: a runner of another user may let the box wait.
        var runs = await Task.WhenAll(runsFolder.Runners.Select(async folder =>
            await TryReconnectAsync(folder) is { } connection ? await connection.FormerRunsAsync() : []));
        return [.. runs.SelectMany(one => one)];
    }

    /// <summary>Has the runner forget a run when its end is recorded.</summary>
    /// <param name="run">The run.</param>
    /// <param name="recorded">Completes with the record.</param>
    public void Forget(RunnerRun run, Task recorded) => _forgetting.Add(ForgetAsync(run, recorded));

    /// <summary>Leaves the runs to a later instance of the box.</summary>
    public void Release()
    {
        _isReleased = true;
        foreach (var connection in _connections.Keys)
            connection.Release();
    }

    /// <summary>Ends the connections to the runners. A runner without runs ends then.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        foreach (var runner in _runners.Values)
            await runner.CloseAsync();
        await _forgetting.WhenAllAsync();
        foreach (var connection in _connections.Keys)
            connection.Complete();

        await Task.WhenAll(_connections.Values);
        foreach (var runner in _runners.Values)
            runner.Dispose();
    }

    private static async Task ForgetAsync(RunnerRun run, Task recorded)
    {
        await recorded;
        run.Forget();
    }

    private AccountRunner RunnerOf(RunnerOwner owner) => _runners.GetOrAdd(owner.Suffix, _ => new AccountRunner(_launcher, Serve));

    // Null for a runner that has ended. One of another program, before or after an upgrade, starts no more runs. Nor does one of another
    // user, who could have put a process of his own in its place while there was no box.
    private async Task<RunnerConnection?> TryReconnectAsync(string folder)
    {
        var owner = RunnerOwner.OfFolder(folder);
        RunnerConnection connection;
        try
        {
            connection = await OpenAsync(folder, owner);
        }
        catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            // It was killed while it listened; or before that, or while it deleted its folder, so that there is no socket. With outputs
            // left, another program may have deleted that, and the runner may live: its jobs have crashed all the same.
            if (problem.SocketErrorCode is SocketError.AddressNotAvailable && SpoolFolder.EntriesOf(folder) is not [])
                log.Warning("runner in {Folder} has no socket, so its jobs have crashed; their outputs there are deleted", folder);

            SpoolFolder.Delete(folder);
            return null;
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            log.Error("runner in {Folder} cannot be reached, its jobs have crashed: {Problem}", folder, problem.Message);
            return null;
        }

        Serve(connection);
        try
        {
            // One of another user that is silent is ended earlier.
            var hello = await connection.Hello.WaitAsync(RunnerLauncher.Timeout, TimeProvider.System);
            _ = await connection.FormerRunsAsync().WaitAsync(RunnerLauncher.Timeout, TimeProvider.System);
            if (hello.Number(RunnerField.Version) is not RunnerMessage.ProtocolVersion || !owner.IsBox || !IsOfProgram(connection.Pid)
                || !RunnerOf(owner).TryAdopt(connection))
            {
                connection.Drain();
            }

            return connection;
        }
        catch (Exception silent) when (silent is TimeoutException or IOException)
        {
            log.Error("runner in {Folder} does not answer: its jobs have crashed", folder);
            if (owner.IsBox)
                connection.Complete();
            else
                connection.Abort("does not answer");
            return null;
        }
    }

    // A runner whose queue of connections is full takes them soon.
    private async Task<RunnerConnection> OpenAsync(string folder, RunnerOwner owner)
    {
        var begin = TimeProvider.System.GetTimestamp();
        for (var pause = Shortage.Pauses.First; ; pause = Shortage.Pauses.After(pause))
        {
            try
            {
                return RunnerConnection.Open(folder, owner, pid: null, runsFolder.IsKept);
            }
            catch (SocketException problem) when (problem.SocketErrorCode is SocketError.WouldBlock
                && TimeProvider.System.GetElapsedTime(begin) < RunnerLauncher.Timeout)
            {
                await Task.Delay(pause, TimeProvider.System);
            }
        }
    }

    private bool IsOfProgram(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/exe").ResolveLinkTarget(returnFinalTarget: false)?.FullName
                == (new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Serve(RunnerConnection connection)
    {
        connection.Warn = problem => log.Error("{Problem}", problem);
        _connections[connection] = ServeAsync(connection);
        if (_isReleased)
            connection.Release();
    }

    private async Task ServeAsync(RunnerConnection connection)
    {
        // Recorded first.
        await Task.Yield();
        await connection.RunAsync();
        var isStopping = _isReleased || _isClosed;

        // What a crash has left. A runner of another user cannot delete its own folder. One with runs may go on when the box stops.
        if (!isStopping || (!connection.Owner.IsBox && connection.IsEmpty))
            SpoolFolder.Delete(connection.Folder);
        if (!isStopping)
            _ = _connections.TryRemove(connection, out _);
    }
}
