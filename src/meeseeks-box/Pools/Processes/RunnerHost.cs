using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Runner;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Starts the runner of this box with the first job, and again when it has ended. The only type that starts a program.</summary>
/// <param name="program">Full path of its program.</param>
/// <param name="runs">The folder in which the runner gets a folder of its own.</param>
internal sealed class RunnerHost(string program, RunsFolder runs) : IAsyncDisposable
{
    private const string Name = "meeseeks-runner";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private Process? _process;
    private RunnerConnection? _connection;
    private Task _running = Task.CompletedTask;
    private bool _isClosed;

    /// <summary>The host of the runner beside this program.</summary>
    public RunnerHost(RunsFolder runs)
        : this(Path.Combine(AppContext.BaseDirectory, Name), runs)
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

    /// <summary>Lets the runner end, whose runs have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _isClosed = true;
        _ = _turn.Release();
        _connection?.Complete();
        await _running;
        _process?.Dispose();
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
            _running = connection.RunAsync();
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
        RunsFolder.Delete(_connection.Folder);
    }

    private async Task<(Process Process, RunnerConnection Connection)> LaunchAsync()
    {
        var folder = runs.MakeForRunner();
        Process? process = null;
        try
        {
            process = StartProgram(folder);
            await ListensAsync(process);
            return (process, await RunnerConnection.OpenAsync(folder));
        }
        catch
        {
            process?.Kill();
            process?.Dispose();
            RunsFolder.Delete(folder);
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
