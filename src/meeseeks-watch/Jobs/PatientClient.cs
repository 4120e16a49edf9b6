using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Protocol;
using Serilog;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The way to the box, which may be away for a while: what is asked waits, and is asked again until it is answered.</summary>
/// <param name="client">The client, which itself tries once.</param>
/// <param name="timeout">How long the first contact may take; infinite for a watcher that stays.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is said that the box is away, and that it is back.</param>
internal sealed class PatientClient(MeeseeksClient client, TimeSpan timeout, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly long _begin = time.GetTimestamp();
    private readonly Lock _lock = new();
    private bool _wasReached;
    private bool _isAway;

    /// <summary>Asks until there is an answer. What is asked must do no harm when it is asked twice.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was never there, and there is no more patience.</exception>
    /// <exception cref="MeeseeksRequestException">The answer is of no use.</exception>
    public async Task<Response> RequestAsync(JsonObject request, CancellationToken stop)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                var response = await client.RequestAsync(request, stop: stop);
                SetReachable();
                if (response.Code is not ErrorCode.Stopping)
                    return response;

                // What a box refuses because it stops is for its next start.
                await Task.Delay(pause, time, stop);
            }
            catch (MeeseeksConnectionException problem) when (IsPatient(problem))
            {
                await Task.Delay(pause, time, stop);
            }
        }
    }

    /// <summary>Follows jobs until it is stopped.</summary>
    /// <exception cref="MeeseeksConnectionException">The box was never there, and there is no more patience.</exception>
    public async IAsyncEnumerable<JobUpdate> FollowAsync(JobSelection selection, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            await using var updates = client.FollowAsync(selection, stop).GetAsyncEnumerator(stop);
            while (await HasMoreAsync(updates))
            {
                pause = FirstPause;
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

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private void SetReachable()
    {
        lock (_lock)
        {
            if (_isAway)
                log.Information("the box is back");
            (_wasReached, _isAway) = (true, false);
        }
    }

    private bool IsPatient(MeeseeksConnectionException problem)
    {
        lock (_lock)
        {
            if (!_wasReached && timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(_begin) > timeout)
                return false;
            if (!_isAway)
                log.Warning("{Problem}; jobs wait until it is back", problem.Message);
            _isAway = true;
            return true;
        }
    }
}
