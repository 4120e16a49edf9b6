using System.Threading.Channels;
using MeeseeksBox.Client;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>Brings what the box tells to the screen, and to the box what is asked of it.</summary>
/// <param name="client">The box; it must tell of a lost connection at once.</param>
/// <param name="events">Where events go.</param>
/// <param name="time">The clock.</param>
internal sealed class TopFeed(MeeseeksClient client, ChannelWriter<TopEvent> events, TimeProvider time)
{
    private static readonly TimeSpan BeforeNextAttempt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenReviews = TimeSpan.FromSeconds(20);

    /// <summary>One turn: follows the box until it is lost.</summary>
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

    /// <summary>One turn: asks which of the jobs that have ended are still there, because no box tells of a job that it forgets.</summary>
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
                // Who follows the box says so.
            }
        }
    }

    /// <summary>Kills a job, and says what came of it.</summary>
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
