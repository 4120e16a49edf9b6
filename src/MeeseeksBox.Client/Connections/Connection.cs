using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using MeeseeksBox.Foundation.Network;
using MeeseeksBox.Protocol;

namespace MeeseeksBox.Client.Connections;

/// <summary>One connection with pipelined requests; the answers arrive in the same order.</summary>
/// <remarks>
/// One loop sends the queued lines, another reads answers. The first failure ends both loops and fails all pending requests.
/// </remarks>
internal sealed class Connection : IAsyncDisposable
{
    private const int MostWaiting = 4096;
    private const int SendAt = 64 * 1024;
    private const int LongestRefusal = 1024;

    private readonly Stream _stream;
    private readonly string _endpoint;
    private readonly TimeSpan _timeout;
    private readonly int _maxAnswer;
    private readonly Channel<PendingRequest> _outbox = Channel.CreateBounded<PendingRequest>(MostWaiting);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Queue<PendingRequest> _unanswered = [];
    private readonly SilenceLimit _silence;
    private readonly Task _loops;
    private MeeseeksConnectionException? _fault;
    private bool _hasReceived;
    private bool _hasAnswered;

    /// <summary>Takes a stream over and starts the loops.</summary>
    /// <param name="stream">The stream; the connection owns and closes it.</param>
    /// <param name="peer">The name of the box in messages.</param>
    /// <param name="options">The timeout, which is the longest silence of the box, the limit of an answer, and the source of time.</param>
    /// <param name="traffic">The record of the bytes of the stream.</param>
    public Connection(Stream stream, string peer, MeeseeksClientOptions options, Traffic traffic)
    {
        _stream = stream;
        _endpoint = peer;
        _timeout = options.Timeout;
        _maxAnswer = options.MaxAnswer;
        _silence = new SilenceLimit(traffic, _timeout, options.Time);
        _ = _silence.Token.UnsafeRegister(static state => ((Connection)state!).FailBySilence(), this);
        _loops = Task.WhenAll(Task.Run(SendAsync), Task.Run(ReceiveAsync));
    }

    /// <summary>Whether it accepts further lines: true until it fails.</summary>
    public bool IsOpen => Volatile.Read(ref _fault) is null;

    /// <summary>Sends a line and waits for its answer.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="maxWait">The longest time that the box may hold the answer, on top of the timeout.</param>
    /// <param name="stop">Ends the wait. The line may have been sent; then its answer is read and discarded.</param>
    /// <exception cref="MeeseeksConnectionException">The connection failed.</exception>
    public async Task<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> line, TimeSpan maxWait, CancellationToken stop)
    {
        var pending = new PendingRequest(line, maxWait);
        try
        {
            await _outbox.Writer.WriteAsync(pending, stop);
        }
        catch (ChannelClosedException)
        {
            throw new MeeseeksConnectionException(_fault!.Message, wasSent: false, _fault);
        }

        return await pending.Response.Task.WaitAsync(stop);
    }

    /// <summary>Closes the connection and fails all pending requests.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail(new MeeseeksConnectionException($"the connection to {_endpoint} was closed by this side"));
        await _loops;
        _silence.Dispose();
        await _stream.DisposeAsync();
        _end.Dispose();
    }

    private async Task SendAsync()
    {
        var output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true));
        try
        {
            while (await _outbox.Reader.WaitToReadAsync(_end.Token))
            {
                while (_outbox.Reader.TryRead(out var pending))
                {
                    RecordSent(pending);
                    output.Write(pending.Line.Span);
                    output.Write("\n"u8);
                    if (output.UnflushedBytes >= SendAt)
                        _ = await output.FlushAsync(_end.Token);
                }

                _ = await output.FlushAsync(_end.Token);
            }
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            Fail(Lost(problem));
        }
    }

    // LineReader does not fit here: an incomplete last line is not an answer.
    private async Task ReceiveAsync()
    {
        var input = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: SendAt, leaveOpen: true));
        try
        {
            var scanned = 0L;
            while (true)
            {
                var result = await input.ReadAsync(_end.Token);
                var buffer = result.Buffer;
                _hasReceived |= !buffer.IsEmpty;
                while (buffer.Slice(scanned).PositionOf((byte)'\n') is { } end)
                {
                    RequireShort(buffer.Slice(0, end).Length);
                    CompleteNext(buffer.Slice(0, end).ToArray());
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    scanned = 0;
                }

                scanned = buffer.Length;
                RequireShort(scanned);
                input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    Fail(Lost(null));
                    return;
                }
            }
        }
        catch (OutOfMemoryException problem)
        {
            Fail(Lost(new InvalidDataException("the answer is too long for the memory of this host; select fewer jobs", problem)));
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or InvalidDataException)
        {
            Fail(Lost(problem));
        }
        finally
        {
            await input.CompleteAsync();
        }
    }

    private void RequireShort(long length)
    {
        if (length > _maxAnswer)
            throw new InvalidDataException($"an answer has more than {_maxAnswer} bytes; select fewer jobs");
    }

    private void RecordSent(PendingRequest pending)
    {
        lock (_lock)
        {
            if (_fault is not null)
            {
                _ = pending.Response.TrySetException(new MeeseeksConnectionException(_fault.Message, wasSent: false, _fault));
                return;
            }

            _unanswered.Enqueue(pending);
            if (_unanswered.Count is 1)
                _silence.Restart(pending.MaxWait);
        }
    }

    private void CompleteNext(byte[] line)
    {
        // A box at its limit of connections has carried out nothing, and closes this one.
        if (!_hasAnswered && line.Length < LongestRefusal && Refusal(line) is { Code: ErrorCode.Busy, Error: { } busy })
        {
            Fail(new MeeseeksConnectionException($"{_endpoint}: {busy}", wasSent: false) { IsBusy = true });
            return;
        }

        _hasAnswered = true;
        PendingRequest? pending;
        lock (_lock)
        {
            _ = _unanswered.TryDequeue(out pending);
            if (_unanswered.TryPeek(out var next))
                _silence.Restart(next.MaxWait);
            else
                _silence.Pause();
        }

        _ = pending is null
            ? throw new InvalidDataException(Refusal(line)?.Error ?? "unexpected line: no request was pending")
            : pending.Response.TrySetResult(line);
    }

    // A box that rejects a client sends the reason, perhaps before the first request is sent.
    private static Response? Refusal(byte[] line)
    {
        try
        {
            return Response.Read(line);
        }
        catch (MeeseeksRequestException)
        {
            return null;
        }
    }

    private void FailBySilence() => Fail(new MeeseeksConnectionException(
        $"{_endpoint} took the request and has not answered for {_timeout.TotalSeconds:0.###} s; "
        + "check that a meeseeks-box listens there",
        wasSent: true)
    { IsSilence = true });

    private MeeseeksConnectionException Lost(Exception? problem) =>
        new($"the connection to {_endpoint} was lost: {problem?.Message ?? ReasonOfClose()}", wasSent: true, problem);

    private string ReasonOfClose() => _hasReceived
        ? "the other side closed it"
        : "the other side closed it without an answer; check whether it wants TLS (ssl), and the port";

    private void Fail(MeeseeksConnectionException fault)
    {
        PendingRequest[] sent;
        lock (_lock)
        {
            if (_fault is not null)
                return;

            _fault = fault;
            sent = [.. _unanswered];
            _unanswered.Clear();
            _silence.Pause();
        }

        _ = _outbox.Writer.TryComplete();
        _end.Cancel();
        foreach (var pending in sent)
        {
            var lost = new MeeseeksConnectionException(fault.Message, wasSent: !fault.IsBusy, fault)
            {
                IsSilence = fault.IsSilence,
                IsBusy = fault.IsBusy,
            };
            _ = pending.Response.TrySetException(lost);
        }

        // The sending loop never sent the requests that are still in the outbox.
        while (_outbox.Reader.TryRead(out var waiting))
            _ = waiting.Response.TrySetException(new MeeseeksConnectionException(fault.Message, wasSent: false, fault));
    }
}
