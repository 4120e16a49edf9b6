using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Agent.Links;

/// <summary>A connection to a peer, which sends lines and receives replies.</summary>
/// <remarks>
/// Connecting ends after the <c>timeout</c> of the link, and sending after that time without a byte that moves in either direction.
/// </remarks>
internal sealed class PeerConnection : IAsyncDisposable
{
    private const int ReadSize = 16 * 1024;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private readonly Socket _socket;
    private readonly Traffic _traffic;
    private readonly Stream _stream;
    private readonly LineReader _lines;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly long _longestReply;
    private Task _receiving = Task.CompletedTask;

    private PeerConnection(Socket socket, Traffic traffic, Stream stream, TimeSpan timeout, TimeProvider time, long longestReply)
    {
        (_socket, _traffic, _stream, _timeout, _time, _longestReply) = (socket, traffic, stream, timeout, time, longestReply);
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true, useZeroByteReads: true));
        _lines = new LineReader(reader, longestReply);
    }

    /// <summary>The buffer for the next lines; <see cref="SendAsync"/> sends them.</summary>
    public PipeWriter Output { get; }

    /// <summary>When the last byte moved in either direction, in monotonic seconds.</summary>
    public double LastTrafficAt => _traffic.LastAt / (double)TimeSpan.TicksPerSecond;

    /// <summary>Connects to the peer.</summary>
    /// <param name="config">The configuration of the link.</param>
    /// <param name="time">The clock of the timeouts.</param>
    /// <param name="longestReply">The maximum length of a reply in bytes.</param>
    /// <param name="stop">Cancels the attempt.</param>
    /// <exception cref="LinkException">The connection failed; the message is the cause.</exception>
    public static async Task<PeerConnection> OpenAsync(
        LinkConfig config,
        TimeProvider time,
        long longestReply,
        CancellationToken stop)
    {
        var host = new HostConnector(time);
        Socket? socket = null;
        try
        {
            using var timeout = new CancellationTokenSource(config.Timeout.ForTimer(), time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
            socket = await host.ConnectAsync(config.Address, config.Port, linked.Token);
            var traffic = new Traffic(socket, time);
            var stream = await EncryptAsync(new TrafficStream(socket, traffic), config, linked.Token);
            return new PeerConnection(socket, traffic, stream, config.Timeout, time, longestReply);
        }
        catch (Exception problem)
        {
            socket?.Dispose();
            throw problem switch
            {
                SocketException or TlsException => new LinkException(problem.Message),
                IOException => new LinkException($"connection lost: {problem.GetBaseException().Message}"),
                OperationCanceledException when !stop.IsCancellationRequested => new LinkException(
                    $"no connection within {config.Timeout.TotalSeconds} s{(host.Failures is "" ? "" : $" ({host.Failures})")}"),
                LinkException or OperationCanceledException => problem,
                _ => LinkException.Internal(problem),
            };
        }
    }

    /// <summary>A limit of the silence on this connection.</summary>
    /// <param name="wait">How long the peer may hold its reply.</param>
    public SilenceLimit LimitSilence(TimeSpan wait)
    {
        var limit = new SilenceLimit(_traffic, _timeout, _time);
        limit.Restart(wait);
        return limit;
    }

    /// <summary>Sends the lines in <see cref="Output"/>.</summary>
    /// <exception cref="LinkException">The connection is lost, or the peer accepts no data.</exception>
    public async Task SendAsync(CancellationToken stop)
    {
        using var silence = LimitSilence(TimeSpan.Zero);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stop);
        _ = await Guarded(Output.FlushAsync(linked.Token).AsTask(), stop);
    }

    /// <summary>Receives the next reply. It has no timeout of its own: the caller has one.</summary>
    /// <param name="read">Reads the reply from its line.</param>
    /// <param name="stop">Cancels the receive, after which the connection is of no use.</param>
    /// <exception cref="LinkException">The connection is lost, or the line is not a reply.</exception>
    public Task<T> ReceiveAsync<T>(Func<JsonElement, T> read, CancellationToken stop)
    {
        var receiving = ReceiveNextAsync(read, stop);
        _receiving = receiving;
        return receiving;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // First, so that no read or write waits for the peer any more.
        _socket.Dispose();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _lines.EndAsync();
        await _stream.DisposeAsync();
    }

    private async Task<T> ReceiveNextAsync<T>(Func<JsonElement, T> read, CancellationToken stop)
    {
        var line = await Guarded(_lines.ReadAsync(stop).AsTask(), stop);
        if (line is not { Kind: LineKind.Line, IsLast: false })
        {
            throw new LinkException(line.Kind is LineKind.TooLong
                ? $"the reply exceeds {ByteSize.Rounded(_longestReply)}"
                : "the node closed the connection");
        }

        try
        {
            using var document = JsonDocument.Parse(line.Line, Options);
            return read(document.RootElement);
        }
        catch (JsonException)
        {
            throw new LinkException("not a meeseeks-box: the reply is not JSON");
        }
        catch (OutOfMemoryException)
        {
            throw new LinkException($"the reply of {ByteSize.Rounded(line.Line.Length)} is too large for the memory of this host");
        }
        catch (Exception problem) when (problem is not LinkException)
        {
            throw LinkException.Internal(problem);
        }
    }

    // The files are read for each connection, because certificates are renewed while the box runs.
    private static async Task<Stream> EncryptAsync(Stream plain, LinkConfig config, CancellationToken stop)
    {
        if (config.Ssl is null)
            return plain;

        var tls = TlsClient.Load(config.Ssl, out var errors)
            ?? throw new LinkException(
                $"TLS cannot be set up: {string.Join("; ", errors.Select(error => $"ssl.{error.Key}: {error.Text}"))}");
        return await tls.AuthenticateAsync(plain, config.Address, stop);
    }

    private async Task<T> Guarded<T>(Task<T> work, CancellationToken stop)
    {
        try
        {
            return await work;
        }
        catch (TlsException problem)
        {
            throw new LinkException(problem.Message);
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            throw new LinkException($"connection lost: {problem.GetBaseException().Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new LinkException($"the node accepted no data for {_timeout.TotalSeconds} s");
        }
    }
}
