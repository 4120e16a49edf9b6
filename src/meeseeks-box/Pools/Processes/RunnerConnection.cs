using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The connection to a runner (docs/RUNNER.md).</summary>
internal sealed class RunnerConnection : IDisposable
{
    private readonly Lock _sending = new();
    private readonly ConcurrentDictionary<string, RunnerRun> _runs = new(StringComparer.Ordinal);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ArrayBufferWriter<byte> _output = new();
    private volatile bool _isLost;

    private RunnerConnection(string folder) => Folder = folder;

    /// <summary>The folder of the runner.</summary>
    public string Folder { get; }

    /// <summary>True when the runner has ended.</summary>
    public bool IsLost => _isLost;

    /// <summary>Connects to a runner that listens.</summary>
    /// <exception cref="SocketException">It does not listen.</exception>
    public static async Task<RunnerConnection> OpenAsync(string folder)
    {
        var connection = new RunnerConnection(folder);
        try
        {
            await connection._socket.ConnectAsync(new UnixDomainSocketEndPoint(SpoolFile.SocketOf(folder)));
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        connection.Send(new RunnerMessage(RunnerVerb.Hello).With(RunnerField.Version, RunnerMessage.ProtocolVersion));
        return connection;
    }

    /// <summary>Starts a run.</summary>
    /// <param name="start">The order to start its process.</param>
    /// <param name="note">Receives what a person should know about the run.</param>
    public RunnerRun Start(RunnerMessage start, Action<string> note)
    {
        var run = new RunnerRun(start.Run, this, note);
        _runs[run.Id] = run;
        Send(start);
        if (_isLost)
            run.Fail(Lost());
        return run;
    }

    /// <summary>Forgets a run.</summary>
    public void Remove(string run) => _runs.TryRemove(run, out _);

    /// <summary>Sends a line.</summary>
    public void Send(RunnerMessage message)
    {
        lock (_sending)
        {
            _output.ResetWrittenCount();
            message.WriteTo(_output);
            try
            {
                for (var sent = 0; sent < _output.WrittenCount && !_isLost;)
                    sent += _socket.Send(_output.WrittenSpan[sent..]);
            }
            catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
            {
                // The reader notices the end of the connection, and fails all runs.
            }
        }
    }

    /// <summary>Reads lines until the runner ends; then all runs fail.</summary>
    public async Task ReadAsync()
    {
        var input = new RunnerLineBuffer();
        try
        {
            while (await _socket.ReceiveAsync(input.Free) is > 0 and var count && input.Take(count, Receive))
            {
            }
        }
        catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
        {
            // Like the end of the stream.
        }
        finally
        {
            _isLost = true;
            _socket.Dispose();
            foreach (var run in _runs.Values)
                run.Fail(Lost());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static IOException Lost() => new("the runner of this box has ended; what it left of the job is killed");

    private void Receive(RunnerMessage message)
    {
        if (_runs.TryGetValue(message.Run, out var run))
            run.Receive(message);
    }
}
