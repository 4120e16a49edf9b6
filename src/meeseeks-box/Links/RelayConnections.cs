using System.Buffers;
using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Links;

/// <summary>The connections to a peer for the output of its jobs, besides that of the link.</summary>
/// <remarks>
/// A held answer would delay the sync. Each connection has one request at a time, and is kept open for a while for the next one. More
/// requests than connections wait for their turn.
/// </remarks>
internal sealed class RelayConnections : IDisposable
{
    // Far below the number of clients that a box accepts by default.
    private const int Most = 64;

    // Base64 of the largest part, and room for an error text.
    private const long LongestReply = 256 * 1024;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly LinkConfig _config;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turns = new(Most);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly List<(PeerConnection Connection, long Since)> _idle = [];
    private readonly ITimer _sweep;

    public RelayConnections(LinkConfig config, TimeProvider time)
    {
        (_config, _time) = (config, time);
        _sweep = time.CreateTimer(_ => CloseIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends a request and receives its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="wait">How long the peer may hold the answer.</param>
    /// <param name="interruption">Makes the peer answer at once.</param>
    /// <param name="stop">Cancels the request.</param>
    /// <returns>The part, or the error of the peer.</returns>
    /// <exception cref="LinkException">The peer cannot be reached, or its answer cannot be read.</exception>
    public async Task<Result<OutputPart>> AskAsync(TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _end.Token);
        try
        {
            if (!await TakeTurnAsync(wait, interruption, either.Token))
                throw new LinkException($"{Most} outputs are read through it already");

            try
            {
                return await ExchangeAsync(request, wait, interruption, either.Token);
            }
            finally
            {
                _ = _turns.Release();
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new LinkException("the link was removed");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _sweep.Dispose();
        foreach (var connection in TakeIdle(long.MaxValue))
            Close(connection);
    }

    private async Task<bool> TakeTurnAsync(TimeSpan wait, Task interruption, CancellationToken stop)
    {
        if (_turns.Wait(0, stop))
            return true;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var turn = _turns.WaitAsync(over.Token);
        var limit = wait > _config.Timeout ? wait : _config.Timeout;
        _ = await Task.WhenAny(turn, interruption, Task.Delay(limit.ForTimer(), _time, over.Token));
        await over.CancelAsync();
        await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return turn.IsCompletedSuccessfully;
    }

    private async Task<Result<OutputPart>> ExchangeAsync(
        TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop)
    {
        while (true)
        {
            var kept = TakeIdle();
            var connection = kept ?? await PeerConnection.OpenAsync(_config, _time, LongestReply, stop);
            try
            {
                var answer = await ExchangeAsync(connection, request, wait, interruption, stop);
                Keep(connection);
                return answer;
            }
            catch (LinkException) when (kept is not null)
            {
                // The peer has closed it meanwhile, as in a restart.
                await connection.DisposeAsync();
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }

    private async Task<Result<OutputPart>> ExchangeAsync(
        PeerConnection connection, TailRequest request, TimeSpan wait, Task interruption, CancellationToken stop)
    {
        using var silence = connection.LimitSilence(wait);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stop);
        try
        {
            request.WriteLine(connection.Output, wait);
            connection.Output.Write("\n"u8);
            await connection.SendAsync(limit.Token);
            var answer = connection.ReceiveAsync(ReadAnswer, limit.Token);
            if (wait > TimeSpan.Zero && await Task.WhenAny(answer, interruption) != answer)
            {
                // Any further line ends a wait.
                silence.Restart(TimeSpan.Zero);
                connection.Output.Write("[]\n"u8);
                await connection.SendAsync(limit.Token);
                var part = await answer;
                _ = await connection.ReceiveAsync(ReadEmpty, limit.Token);
                return part;
            }

            return await answer;
        }
        catch (OperationCanceledException) when (silence.IsOver && !stop.IsCancellationRequested)
        {
            throw new LinkException($"no answer within {_config.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
    }

    private static Result<OutputPart> ReadAnswer(JsonElement line)
    {
        var answer = ReplyLine.ObjectOf(line);
        if (answer.TryGetProperty("error", out var error))
            return new Error(LosslessJson.Of(error));

        if (!answer.TryGetProperty("tail", out var value))
            throw new LinkException("the answer has no 'tail'");

        return OutputPart.TryRead(value, out var part, out var problem) ? part : throw new LinkException($"unreadable answer: {problem}");
    }

    private static bool ReadEmpty(JsonElement line) => line.ValueKind is JsonValueKind.Array && line.GetArrayLength() is 0
        ? true
        : throw new LinkException("unexpected answer to an empty request");

    private PeerConnection? TakeIdle()
    {
        lock (_lock)
        {
            if (_idle is not [.., var last])
                return null;

            _idle.RemoveAt(_idle.Count - 1);
            return last.Connection;
        }
    }

    private void Keep(PeerConnection connection)
    {
        lock (_lock)
        {
            if (!_end.IsCancellationRequested)
            {
                _idle.Add((connection, _time.GetTimestamp()));
                if (_idle.Count is 1)
                    _ = _sweep.Change(IdleTime, Timeout.InfiniteTimeSpan);

                return;
            }
        }

        Close(connection);
    }

    private void CloseIdle()
    {
        foreach (var connection in TakeIdle(_time.GetTimestamp() - (long)(IdleTime.TotalSeconds * _time.TimestampFrequency)))
            Close(connection);

        lock (_lock)
        {
            if (_idle.Count > 0 && !_end.IsCancellationRequested)
                _ = _sweep.Change(IdleTime, Timeout.InfiniteTimeSpan);
        }
    }

    private List<PeerConnection> TakeIdle(long until)
    {
        lock (_lock)
        {
            var taken = _idle.Where(idle => idle.Since <= until).Select(idle => idle.Connection).ToList();
            _ = _idle.RemoveAll(idle => idle.Since <= until);
            return taken;
        }
    }

    // Nothing is in flight on an idle connection, so nothing is left to wait for.
    private static void Close(PeerConnection connection) => _ = connection.DisposeAsync().AsTask();
}
