using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The runner of one account: started with its first job, and again when it has ended.</summary>
/// <param name="launcher">Starts it.</param>
/// <param name="serve">Serves a new connection.</param>
internal sealed class AccountRunner(RunnerLauncher launcher, Action<RunnerConnection> serve) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Process? _process;
    private RunnerConnection? _connection;
    private bool _isClosed;

    /// <summary>Starts a run.</summary>
    /// <param name="account">The account.</param>
    /// <param name="start">The order to start its process.</param>
    /// <param name="note">Receives what a person should know about the run.</param>
    /// <param name="kill">Ends the wait for a runner.</param>
    /// <exception cref="IOException">The runner cannot be started; the message says why.</exception>
    public async Task<RunnerRun> StartAsync(Credentials account, RunnerMessage start, Action<string> note, CancellationToken kill)
    {
        var connection = Volatile.Read(ref _connection);
        for (var pause = Shortage.Pauses.First; ; pause = Shortage.Pauses.After(pause))
        {
            if (connection?.TryStart(start, note) is { } run)
                return run;

            try
            {
                connection = await ConnectAsync(account, kill);
                kill.ThrowIfCancellationRequested();
                continue;
            }
            catch (IOException problem) when (problem.InnerException is Win32Exception { NativeErrorCode: var error }
                && Shortage.Is(error))
            {
                // Not the fault of the job (docs/SPECIFICATION.md#start-failures).
                if (pause == Shortage.Pauses.First)
                    note(Shortage.Note(problem.Message));
            }

            await Task.Delay(pause, TimeProvider.System, kill);
        }
    }

    /// <summary>Takes over a runner of a former instance of the box, unless there is one already.</summary>
    /// <returns>False when there is one.</returns>
    public bool TryAdopt(RunnerConnection connection) => Interlocked.CompareExchange(ref _connection, connection, null) is null;

    /// <summary>Starts no runner any more.</summary>
    public async Task CloseAsync()
    {
        await _turn.WaitAsync();
        _isClosed = true;
        _ = _turn.Release();
    }

    /// <summary>Forgets the process, which goes on or has ended.</summary>
    public void Dispose()
    {
        _process?.Dispose();
        _turn.Dispose();
    }

    private async Task<RunnerConnection> ConnectAsync(Credentials account, CancellationToken kill)
    {
        await _turn.WaitAsync(kill);
        try
        {
            if (_isClosed)
                throw new IOException("the box is stopping");
            if (_connection is { AcceptsRuns: true } present)
                return present;

            _process?.Dispose();
            (_process, var connection) = await launcher.LaunchAsync(account);
            serve(connection);
            Volatile.Write(ref _connection, connection);
            return connection;
        }
        catch (Exception problem) when (problem is Win32Exception or SocketException or UnauthorizedAccessException)
        {
            throw new IOException($"{RunnerLauncher.Name} cannot be started: {problem.Message}", problem);
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
