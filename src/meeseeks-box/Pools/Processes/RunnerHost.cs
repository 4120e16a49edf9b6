using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Runner;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;
using Serilog;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Starts the runner of this box with the first job, and again when it has ended. The only type that starts a program.</summary>
/// <param name="program">Full path of its program.</param>
/// <param name="runsFolder">The folder in which the runner gets a folder of its own.</param>
/// <param name="log">Receives runners that do not answer.</param>
internal sealed class RunnerHost(string program, RunsFolder runsFolder, ILogger log) : IAsyncDisposable
{
    private const string Name = "meeseeks-runner";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentBag<(RunnerConnection Connection, Task Running)> _connections = [];
    private readonly TaskTracker _forgetting = new();
    private Process? _process;
    private RunnerConnection? _connection;
    private volatile bool _isReleased;
    private bool _isClosed;

    /// <summary>The host of the runner beside this program.</summary>
    public RunnerHost(RunsFolder runsFolder, ILogger log)
        : this(Path.Combine(AppContext.BaseDirectory, Name), runsFolder, log)
    {
    }

    /// <summary>Starts a run.</summary>
    /// <param name="start">The order to start its process.</param>
    /// <param name="note">Receives what a person should know about the run.</param>
    /// <param name="kill">Ends the wait for a runner.</param>
    /// <exception cref="IOException">The runner cannot be started; the message says why.</exception>
    public async Task<RunnerRun> StartAsync(RunnerMessage start, Action<string> note, CancellationToken kill)
    {
        var connection = Volatile.Read(ref _connection);
        for (var pause = Shortage.Pauses.First; connection is not { IsLost: false }; pause = Shortage.Pauses.After(pause))
        {
            try
            {
                connection = await ConnectAsync(kill);
            }
            catch (IOException problem) when (problem.InnerException is Win32Exception { NativeErrorCode: var error }
                && Shortage.Is(error))
            {
                // Not the fault of the job (docs/SPECIFICATION.md#start-failures).
                if (pause == Shortage.Pauses.First)
                    note(Shortage.Note(problem.Message));
                await Task.Delay(pause, TimeProvider.System, kill);
            }
        }

        kill.ThrowIfCancellationRequested();
        return connection.Start(start, note);
    }

    /// <summary>Connects to the runners of former instances of this box.</summary>
    /// <returns>The runs that they have.</returns>
    public async Task<IReadOnlyList<RunnerRun>> AdoptAsync()
    {
        List<RunnerRun> runs = [];
        foreach (var folder in runsFolder.Runners)
        {
            if (await TryReconnectAsync(folder) is { } connection)
                runs.AddRange(await connection.FormerRunsAsync());
        }

        return runs;
    }

    /// <summary>Has the runner forget a run when its end is recorded.</summary>
    /// <param name="run">The run.</param>
    /// <param name="recorded">Completes with the record.</param>
    public void Forget(RunnerRun run, Task recorded) => _forgetting.Add(ForgetAsync(run, recorded));

    /// <summary>Leaves the runs to a later instance of the box.</summary>
    public void Release()
    {
        _isReleased = true;
        foreach (var (connection, _) in _connections)
            connection.Release();
    }

    /// <summary>Ends the connections to the runners. A runner without runs ends then.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _isClosed = true;
        _ = _turn.Release();
        await _forgetting.WhenAllAsync();
        foreach (var (connection, _) in _connections)
            connection.Complete();

        await Task.WhenAll(_connections.Select(connection => connection.Running));
        _process?.Dispose();
    }

    private static async Task ForgetAsync(RunnerRun run, Task recorded)
    {
        await recorded;
        run.Forget();
    }

    // Null for a runner that has ended. One of another program, before or after an upgrade, starts no more runs.
    private async Task<RunnerConnection?> TryReconnectAsync(string folder)
    {
        RunnerConnection connection;
        try
        {
            connection = await RunnerConnection.OpenAsync(folder, runsFolder.IsKept);
        }
        catch (SocketException problem) when (problem.SocketErrorCode is SocketError.ConnectionRefused)
        {
            SpoolFolder.Delete(folder);
            return null;
        }
        catch (SocketException problem)
        {
            log.Error("runner in {Folder} cannot be reached, its jobs have crashed: {Problem}", folder, problem.Message);
            return null;
        }

        Run(connection);
        try
        {
            var hello = await connection.Hello.WaitAsync(StartTimeout, TimeProvider.System);
            _ = await connection.FormerRunsAsync().WaitAsync(StartTimeout, TimeProvider.System);
            if (_connection is null && hello.Number(RunnerField.Version) is RunnerMessage.ProtocolVersion && IsOfProgram(hello))
                _connection = connection;
            else
                connection.Drain();
            return connection;
        }
        catch (Exception silent) when (silent is TimeoutException or IOException)
        {
            log.Error("runner in {Folder} does not answer: its jobs have crashed", folder);
            connection.Complete();
            return null;
        }
    }

    private bool IsOfProgram(RunnerMessage hello)
    {
        try
        {
            return new FileInfo($"/proc/{hello.Number(RunnerField.Pid)}/exe").ResolveLinkTarget(returnFinalTarget: false)?.FullName
                == (new FileInfo(program).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Run(RunnerConnection connection)
    {
        _connections.Add((connection, connection.RunAsync()));
        if (_isReleased)
            connection.Release();
    }

    private async Task<RunnerConnection> ConnectAsync(CancellationToken kill)
    {
        await _turn.WaitAsync(kill);
        try
        {
            if (_isClosed)
                throw new IOException("the box is stopping");
            if (_connection is { IsLost: false } present)
                return present;

            Discard();
            var (process, connection) = await LaunchAsync();
            _process = process;
            Run(connection);
            Volatile.Write(ref _connection, connection);
            return connection;
        }
        catch (Exception problem) when (problem is Win32Exception or SocketException or UnauthorizedAccessException)
        {
            throw new IOException($"{Name} cannot be started: {problem.Message}", problem);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    // What a runner has left that has ended.
    private void Discard()
    {
        if (_connection is null)
            return;

        _process?.Dispose();
        SpoolFolder.Delete(_connection.Folder);
    }

    private async Task<(Process Process, RunnerConnection Connection)> LaunchAsync()
    {
        var folder = runsFolder.MakeForRunner();
        Process? process = null;
        try
        {
            process = StartProgram(folder);
            await ListensAsync(process);
            return (process, await RunnerConnection.OpenAsync(folder, runsFolder.IsKept));
        }
        catch
        {
            process?.Kill();
            process?.Dispose();
            SpoolFolder.Delete(folder);
            throw;
        }
    }

    private Process StartProgram(string folder)
    {
        var info = new ProcessStartInfo(program, [folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // The only place that starts a program.
        return Process.Start(info)!;
#pragma warning restore RS0030
    }

    private static async Task ListensAsync(Process process)
    {
        try
        {
            if (await process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout, TimeProvider.System) == RunnerProgram.Ready)
                return;
        }
        catch (TimeoutException)
        {
            throw new IOException($"{Name} cannot be started: it does not answer");
        }

        var problem = await process.StandardError.ReadToEndAsync();
        throw new IOException($"{Name} cannot be started: {(problem.Length > 0 ? problem.Trim() : "it has ended at once")}");
    }
}
