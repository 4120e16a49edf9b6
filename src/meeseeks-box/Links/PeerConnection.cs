using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Tls;

namespace MeeseeksBox.Agent.Links;

/// <summary>A connection to a peer, which sends lines and receives replies.</summary>
/// <remarks>Connecting and sending each end after the <c>timeout</c> of the link.</remarks>
internal sealed class PeerConnection : IAsyncDisposable
{
    private const int ReadSize = 16 * 1024;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly LineReader _lines;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly long _longestReply;
    private Task _receiving = Task.CompletedTask;

    private PeerConnection(TcpClient client, Stream stream, TimeSpan timeout, TimeProvider time, long longestReply)
    {
        (_client, _stream, _timeout, _time, _longestReply) = (client, stream, timeout, time, longestReply);
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true, useZeroByteReads: true));
        _lines = new LineReader(reader, longestReply);
    }

    /// <summary>The buffer for the next lines; <see cref="SendAsync"/> sends them.</summary>
    public PipeWriter Output { get; }

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
        var client = new TcpClient { NoDelay = true };
        try
        {
            using var timeout = new CancellationTokenSource(config.Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
            await client.ConnectAsync(config.Address, config.Port, linked.Token);
            var stream = await EncryptAsync(client.GetStream(), config, linked.Token);
            return new PeerConnection(client, stream, config.Timeout, time, longestReply);
        }
        catch (Exception problem)
        {
            client.Dispose();
            throw problem switch
            {
                SocketException or TlsException => new LinkException(problem.Message),
                OperationCanceledException when !stop.IsCancellationRequested =>
                    new LinkException($"no connection within {config.Timeout.TotalSeconds} s"),
                _ => problem,
            };
        }
    }

    /// <summary>Sends the lines in <see cref="Output"/>.</summary>
    /// <exception cref="LinkException">The connection is lost, or the peer accepts no data.</exception>
    public async Task SendAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        _ = await Guarded(Output.FlushAsync(linked.Token).AsTask(), stop);
    }

    /// <summary>Receives the next reply. It has no timeout of its own: the caller has one.</summary>
    /// <param name="read">Reads the reply from its line.</param>
    /// <param name="stop">Cancels the receive, after which the connection is of no use.</param>
    /// <exception cref="LinkException">The connection is lost, or the line is not JSON.</exception>
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
        _client.Dispose();
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
                ? $"the reply exceeds {_longestReply} bytes"
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
