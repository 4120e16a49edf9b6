using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.WatchAgent.Control;

/// <summary>Sends a request to a running watcher.</summary>
internal static class ControlClient
{
    private const long LongestLine = 64 * 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="request">The request.</param>
    /// <returns>The answer, without an error; null when no watcher listens at the path.</returns>
    /// <exception cref="ControlException">The watcher does not answer, or refuses the request.</exception>
    public static async Task<ControlResponse?> AskAsync(string path, ControlRequest request)
    {
        using var limit = new CancellationTokenSource(Timeout);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable || !File.Exists(path)
                ? null
                : throw new ControlException($"{path}: {problem.Message}; run it as the user of the watcher, or as root");
        }

        // In the folder of a service, or at a path of the configuration, another user may listen.
        if (UnixPeer.Of(socket).User is var user && user is not 0 && LibC.EffectiveUser() is not 0 && user != LibC.EffectiveUser())
            throw new ControlException($"{path}: another user, uid {user}, listens there; run it as the user of the watcher, or as root");
        try
        {
            return await ExchangeAsync(socket, request, limit.Token) is { Error: null } response
                ? response
                : throw new ControlException($"{path}: the watcher ended before its answer");
        }
        catch (Exception problem) when (problem is IOException or SocketException or JsonException)
        {
            throw new ControlException($"{path}: the watcher has not answered: {problem.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new ControlException($"{path}: the watcher has not answered within {Timeout.TotalSeconds} s");
        }
    }

    private static async Task<ControlResponse?> ExchangeAsync(Socket socket, ControlRequest request, CancellationToken stop)
    {
        await using var stream = new NetworkStream(socket);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(request, ControlContext.Default.ControlRequest), (byte)'\n'];
        await stream.WriteAsync(line, stop);
        var lines = new LineReader(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), LongestLine);
        var answer = await lines.ReadAsync(stop);
        var response = answer.Kind is LineKind.Line
            ? JsonSerializer.Deserialize(answer.Line.ToArray(), ControlContext.Default.ControlResponse)
            : null;
        await lines.EndAsync();
        return response?.Error is { } error ? throw new ControlException(error) : response;
    }
}
