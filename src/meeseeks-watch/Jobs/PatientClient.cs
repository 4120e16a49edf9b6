using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.Protocol;
using Serilog;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>A client that repeats requests while the box is unreachable.</summary>
/// <param name="client">The client, which does not reconnect by itself.</param>
/// <param name="timeout">How long the box may be unreachable; infinite outside of <c>once</c>.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log for the loss and the return of the box.</param>
internal sealed class PatientClient(MeeseeksClient client, TimeSpan timeout, TimeProvider time, ILogger log) : IBoxClient
{
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(5));

    private readonly Lock _lock = new();
    private long? _awaySince;
    private volatile string? _fault;

    /// <inheritdoc/>
    public TimeSpan Timeout => timeout;

    /// <inheritdoc/>
    public string? Fault => _fault;

    /// <inheritdoc/>
    public async Task<Response> RequestAsync(JsonObject request, CancellationToken stop)
    {
        for (var pause = Pauses.First; ; pause = Pauses.After(pause))
        {
            try
            {
                var response = await client.RequestAsync(request, stop: stop);
                SetReachable();
                if (response.Code is not ErrorCode.Stopping)
                    return response;

                // The box is stopping: its next instance can accept the request.
                await Task.Delay(pause, time, stop);
            }
            catch (MeeseeksConnectionException problem) when (IsPatient(problem))
            {
                await Task.Delay(pause, time, stop);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobUpdate> FollowAsync(JobSelection selection, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var pause = Pauses.First; ; pause = Pauses.After(pause))
        {
            await using var updates = client.FollowAsync(selection, stop).GetAsyncEnumerator(stop);
            while (await HasMoreAsync(updates))
            {
                pause = Pauses.First;
                yield return updates.Current;
            }

            await Task.Delay(pause, time, stop);
        }
    }

    private async Task<bool> HasMoreAsync(IAsyncEnumerator<JobUpdate> updates)
    {
        try
        {
            var hasMore = await updates.MoveNextAsync();
            SetReachable();
            return hasMore;
        }
        catch (MeeseeksConnectionException problem) when (IsPatient(problem))
        {
            return false;
        }
    }

    private void SetReachable()
    {
        lock (_lock)
        {
            if (_awaySince is not null)
                log.Information("the box is back");
            (_awaySince, _fault) = (null, null);
        }
    }

    private bool IsPatient(MeeseeksConnectionException problem)
    {
        lock (_lock)
        {
            if (_awaySince is { } since)
                return timeout == System.Threading.Timeout.InfiniteTimeSpan || time.GetElapsedTime(since) <= timeout;
            if (timeout == System.Threading.Timeout.InfiniteTimeSpan)
                log.Warning("{Problem}; jobs wait until it is back", problem.Message);
            else
                log.Warning("{Problem}; jobs wait for it up to {Timeout} s (client.timeout)", problem.Message, timeout.TotalSeconds);
            (_awaySince, _fault) = (time.GetTimestamp(), problem.Message);
            return true;
        }
    }
}
