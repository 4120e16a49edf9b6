namespace MeeseeksBox.Client.Connections;

/// <summary>A line to the box that is there whenever it is needed: connects at the first request, and again when the connection was lost.</summary>
internal sealed class ReconnectingConnection(Connector connector, MeeseeksClientOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();
    private Connection? _connection;

    /// <summary>The connection as it stands, or a new one.</summary>
    /// <exception cref="MeeseeksConnectionException">It did not come about.</exception>
    public async Task<Connection> OpenAsync(CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, typeof(MeeseeksClient));
        if (_connection is { IsOpen: true } open)
        {
            return open;
        }

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
    /// <param name="hold">How long the box may hold the answer back.</param>
    /// <param name="isRepeatable">Whether it may be sent again when nobody knows whether it was carried out.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="MeeseeksConnectionException">The box cannot be reached, or was lost.</exception>
    public async Task<ReadOnlyMemory<byte>> RequestAsync(ReadOnlyMemory<byte> request, TimeSpan hold, bool isRepeatable, CancellationToken stop)
    {
        var begin = options.Time.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            var connection = await OpenAsync(stop);
            try
            {
                return await connection.RequestAsync(request, hold, stop);
            }
            catch (MeeseeksConnectionException problem) when (
                (isRepeatable || !problem.WasSent) && !_end.IsCancellationRequested && options.IsWithin(options.ReconnectFor, begin, problem.IsSilence ? attempts + 1 : attempts))
            {
                // A connection that stood idle may have been lost long ago: the first new one is made at once.
                if (attempts > 1)
                {
                    await PauseAsync(attempts - 1, stop);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _turn.WaitAsync();
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        _ = _turn.Release();
    }

    private async Task<Connection> TryAsync(CancellationToken stop)
    {
        var timeout = connector.WasReached ? options.ReconnectFor : options.ConnectFor;
        var begin = options.Time.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await connector.ConnectAsync(stop);
            }
            catch (MeeseeksConnectionException) when (options.IsWithin(timeout, begin, attempts: 2))
            {
                await PauseAsync(attempts, stop);
            }
        }
    }

    private Task PauseAsync(int attempts, CancellationToken stop) =>
        Task.Delay(Backoff.After(attempts, Random.Shared.NextDouble()), options.Time, stop);
}
