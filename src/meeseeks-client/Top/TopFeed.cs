using System.Threading.Channels;
using MeeseeksBox.Client;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>Turns updates of the box into events, and sends kills to the box.</summary>
/// <param name="client">The client of the box; it must report a lost connection at once.</param>
/// <param name="events">Receives the events.</param>
/// <param name="time">The source of time for the pauses.</param>
internal sealed class TopFeed(MeeseeksClient client, ChannelWriter<TopEvent> events, TimeProvider time)
{
    private static readonly TimeSpan BeforeNextAttempt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenReviews = TimeSpan.FromSeconds(20);

    /// <summary>Follows the box, and reconnects after each loss.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await foreach (var update in client.FollowClusterAsync(JobSelection.All, stop))
                {
                    await events.WriteAsync(new TopEvent.Updated(update), stop);
                }
            }
            catch (MeeseeksConnectionException problem)
            {
                await events.WriteAsync(new TopEvent.Disconnected(problem.Message), stop);
            }

            await Task.Delay(BeforeNextAttempt, time, stop);
        }
    }

    /// <summary>Requests at intervals which ended jobs the box still has, because no box reports removed jobs.</summary>
    public async Task ReviewEndedAsync(CancellationToken stop)
    {
        var selection = JobSelection.All.Where("state", "done", "failed", "killed");
        while (true)
        {
            await Task.Delay(BetweenReviews, time, stop);
            var known = new TaskCompletionSource<IReadOnlyList<TopJob>>(TaskCreationOptions.RunContinuationsAsynchronously);
            await events.WriteAsync(new TopEvent.ListEnded(known.SetResult), stop);
            try
            {
                if (await known.Task.WaitAsync(stop) is { Count: > 0 } ended)
                {
                    var there = await client.ListAsync(selection, stop);
                    await events.WriteAsync(new TopEvent.Retained(ended, there.ToHashSet()), stop);
                }
            }
            catch (MeeseeksConnectionException)
            {
                // FollowAsync reports the lost connection.
            }
        }
    }

    /// <summary>Kills a job and posts the result as a message.</summary>
    public async Task KillAsync(string id, string shownId, CancellationToken stop)
    {
        string message;
        try
        {
            message = await client.KillAsync(id, stop) is null ? $"there is no job {shownId} any more" : $"{shownId} killed";
        }
        catch (MeeseeksException problem)
        {
            message = $"{shownId} not killed: {problem.Message}";
        }

        await events.WriteAsync(new TopEvent.Notice(message), stop);
    }
}
