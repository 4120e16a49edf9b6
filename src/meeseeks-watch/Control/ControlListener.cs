using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Lines;
using Serilog;

namespace MeeseeksBox.WatchAgent.Control;

/// <summary>Answers requests on a Unix socket: one line in, one line out, by the user of this process and root only.</summary>
/// <remarks>A client that sends or reads slowly holds up itself only, and not for long.</remarks>
internal sealed class ControlListener : IAsyncDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long LongestLine = 4 * 1024 * 1024;
    private const int MostClients = 16;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly Socket _socket;
    private readonly FileId? _file;
    private readonly Func<ControlRequest, CancellationToken, Task<ControlResponse>> _answer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MostClients);
    private readonly TaskTracker _clients = new();

    private ControlListener(
        string path,
        Socket socket,
        Func<ControlRequest, CancellationToken, Task<ControlResponse>> answer,
        TimeProvider time,
        ILogger log)
    {
        (_path, _socket, _answer, _time, _log) = (path, socket, answer, time, log);
        _file = FileKind.FactsOf(path, isFollowed: false)?.Id;
    }

    /// <summary>Listens at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="answer">Answers a request.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="IOException">Another process listens there, the path is no socket, or no socket can be made.</exception>
    public static ControlListener Listen(
        string path, Func<ControlRequest, CancellationToken, Task<ControlResponse>> answer, TimeProvider time, ILogger log) =>
        new(path, UnixSocketFile.Bind(path, Mode), answer, time, log);

    /// <summary>Answers clients until the end.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token);
                _clients.Add(ServeAsync(await AcceptAsync()));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clients.WhenAllAsync();
        _socket.Dispose();
        if (FileKind.FactsOf(_path, isFollowed: false)?.Id == _file)
            File.Delete(_path);
        _stop.Dispose();
        _places.Dispose();
    }

    private async Task<Socket> AcceptAsync()
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(_stop.Token);
            }
            catch (SocketException problem)
            {
                // No descriptor is free, or the client is gone.
                _log.Debug("control: a client was not accepted: {Problem}", problem.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), _time, _stop.Token);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var limit = new CancellationTokenSource(Longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            var response = await RespondAsync(client, stream, either.Token);
            byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(response, ControlContext.Default.ControlResponse), (byte)'\n'];
            await stream.WriteAsync(line, either.Token);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            _log.Debug("control: connection ended: {Problem}", problem.Message);
        }
        finally
        {
            _ = _places.Release();
        }
    }

    private async Task<ControlResponse> RespondAsync(Socket client, Stream stream, CancellationToken stop)
    {
        if (UnixPeer.Of(client).User is var user && user is not 0 && user != LibC.EffectiveUser())
            return Refusal("only the user of the watcher, and root, may send requests");
        var lines = new LineReader(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), LongestLine);
        try
        {
            var line = await lines.ReadAsync(stop);
            if (line.Kind is LineKind.TooLong)
                return Refusal($"a request has {LongestLine} bytes at most");
            if (line.Kind is LineKind.End)
                return Refusal("a request is one line of JSON");
            return JsonSerializer.Deserialize(line.Line.ToArray(), ControlContext.Default.ControlRequest) is { } request
                ? await _answer(request, stop)
                : Refusal("a request is a JSON object");
        }
        catch (JsonException problem)
        {
            return Refusal($"the request is not valid JSON, or has a wrong type, at {problem.Path ?? "$"}");
        }
#pragma warning disable CA1031 // A failure of one request must not end the watcher.
        catch (Exception problem) when (problem is not (IOException or SocketException or OperationCanceledException))
        {
            _log.Error(problem, "control: internal error; please report it");
            return Refusal($"internal error: {problem.Message}");
        }
#pragma warning restore CA1031
        finally
        {
            await lines.EndAsync();
        }
    }

    private static ControlResponse Refusal(string reason) => new() { Error = reason };
}
