namespace MeeseeksBox.Client.Connections;

/// <summary>A connection that opens at the first request and reopens after a loss.</summary>
internal sealed class ReconnectingConnection(Connector connector, MeeseeksClientOptions options) : IAsyncDisposable
{
    // A restart of the box is shorter.
    private static readonly TimeSpan NotedAfter = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();
    private Connection? _connection;

    /// <summary>Returns the open connection, or opens one.</summary>
    /// <exception cref="MeeseeksConnectionException">The box cannot be reached.</exception>
    public async Task<Connection> OpenAsync(CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, typeof(MeeseeksClient));
        if (_connection is { IsOpen: true } open)
            return open;

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _end.Token);
        await _turn.WaitAsync(either.Token);
        try
        {
            if (_connection is { IsOpen: false } lost)
            {
                _connection = null;
                await lost.DisposeAsync();
            }

            _connection ??= await TryAsync(either.Token);
            return _connection;
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(MeeseeksClient));
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Sends a line and waits for its answer.</summary>
    /// <param name="request">The line without its newline.</param>
    /// <param name="maxWait">The longest time that the box may hold the answer.</param>
    /// <param name="isRepeatable">Whether a request that the box may have executed may be sent again.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="MeeseeksConnectionException">The box cannot be reached, or the connection was lost.</exception>
    public async Task<ReadOnlyMemory<byte>> RequestAsync(
        ReadOnlyMemory<byte> request, TimeSpan maxWait, bool isRepeatable, CancellationToken stop)
    {
        var begin = options.Time.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            var connection = await OpenAsync(stop);
            try
            {
                return await connection.RequestAsync(request, maxWait, stop);
            }
            catch (MeeseeksConnectionException problem) when (
                (isRepeatable || !problem.WasSent) && !_end.IsCancellationRequested
                && options.IsWithin(problem.IsBusy ? BusyFor : options.ReconnectFor, begin, problem.IsSilence ? attempts + 1 : attempts))
            {
                // An idle connection may have been lost long ago, so the first reconnect happens without a pause.
                if (attempts > 1)
                    await PauseAsync(attempts - 1, stop);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _turn.WaitAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();

        _ = _turn.Release();
    }

    private async Task<Connection> TryAsync(CancellationToken stop)
    {
        var timeout = connector.RetryFor;
        var begin = options.Time.GetTimestamp();
        var isNoted = !connector.WasReached;
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await connector.ConnectAsync(stop);
            }
            catch (MeeseeksConnectionException problem) when (options.IsWithin(timeout, begin, attempts: 2))
            {
                if (!isNoted && options.Time.GetElapsedTime(begin) >= NotedAfter)
                {
                    isNoted = true;
                    options.Unreachable?.Invoke(problem);
                }

                await PauseAsync(attempts, stop);
            }
        }
    }

    // It has asked for another attempt.
    private TimeSpan BusyFor =>
        options.ReconnectFor == Timeout.InfiniteTimeSpan || options.ReconnectFor > options.Timeout ? options.ReconnectFor : options.Timeout;

    private Task PauseAsync(int attempts, CancellationToken stop) =>
        Task.Delay(Connector.Pauses.After(attempts, Random.Shared.NextDouble()), options.Time, stop);
}
