using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Tls;

namespace MeeseeksBox.Agent.Links;

/// <summary>A connection to a peer: lines out, replies back. Connecting and sending have the limit of the link's <c>timeout</c>.</summary>
internal sealed class PeerConnection : IAsyncDisposable
{
    // An answer holds all jobs that the peer knows of when a connection begins.
    private const long LongestAnswer = 1L << 31;
    private const int ReadSize = 16 * 1024;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly LineReader _lines;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Action<string> _unreadable;
    private Task _receiving = Task.CompletedTask;

    private PeerConnection(TcpClient client, Stream stream, TimeSpan timeout, TimeProvider time, Action<string> unreadable)
    {
        (_client, _stream, _timeout, _time, _unreadable) = (client, stream, timeout, time, unreadable);
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        _lines = new LineReader(PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true, useZeroByteReads: true)), LongestAnswer);
    }

    /// <summary>Where the next line is written; <see cref="SendAsync"/> sends it.</summary>
    public PipeWriter Output { get; }

    /// <summary>Connects.</summary>
    /// <param name="config">Where to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unreadable">Receives a text for each part of a reply that cannot be read.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="LinkException">It does not come about; the message says why.</exception>
    public static async Task<PeerConnection> OpenAsync(LinkConfig config, TimeProvider time, Action<string> unreadable, CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            using var limit = new CancellationTokenSource(config.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
            await client.ConnectAsync(config.Address, config.Port, either.Token);
            return new PeerConnection(client, await EncryptAsync(client.GetStream(), config, either.Token), config.Timeout, time, unreadable);
        }
        catch (Exception problem)
        {
            client.Dispose();
            throw problem switch
            {
                SocketException or TlsException => new LinkException(problem.Message),
                OperationCanceledException when !stop.IsCancellationRequested => new LinkException($"no connection within {config.Timeout.TotalSeconds} s"),
                _ => problem,
            };
        }
    }

    /// <summary>Sends what was written.</summary>
    /// <exception cref="LinkException">The connection is gone, or the peer does not read.</exception>
    public async Task SendAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        _ = await Guarded(Output.FlushAsync(either.Token).AsTask(), stop);
    }

    /// <summary>Receives the next reply, however long that takes.</summary>
    /// <exception cref="LinkException">The connection is gone, or the line is no reply.</exception>
    public Task<PeerReply> ReceiveAsync(CancellationToken stop)
    {
        var receiving = ReceiveNextAsync(stop);
        _receiving = receiving;
        return receiving;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // First, so that nothing waits for the peer any more.
        _client.Dispose();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _lines.EndAsync();
        await _stream.DisposeAsync();
    }

    private async Task<PeerReply> ReceiveNextAsync(CancellationToken stop)
    {
        var line = await Guarded(_lines.ReadAsync(stop).AsTask(), stop);
        if (line is not { Kind: LineKind.Line, IsLast: false })
        {
            throw new LinkException(line.Kind is LineKind.TooLong ? $"its answer is longer than {LongestAnswer} bytes" : "the node closed the connection");
        }

        try
        {
            using var document = JsonDocument.Parse(line.Line, Options);
            return PeerReplyReader.Read(document.RootElement, _unreadable);
        }
        catch (JsonException)
        {
            throw new LinkException("what answers there is no meeseeks-box: its line is not JSON");
        }
    }

    // Its files are read for each connection: certificates are renewed while the box runs.
    private static async Task<Stream> EncryptAsync(Stream plain, LinkConfig config, CancellationToken stop)
    {
        if (config.Ssl is null)
        {
            return plain;
        }

        var tls = TlsClient.Load(config.Ssl, out var faults)
            ?? throw new LinkException($"TLS cannot be set up: {string.Join("; ", faults.Select(error => $"ssl.{error.Key}: {error.Text}"))}");
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
            throw new LinkException($"the connection is gone: {problem.GetBaseException().Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new LinkException($"the node takes nothing for {_timeout.TotalSeconds} s");
        }
    }
}
