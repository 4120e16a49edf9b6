using System.Threading.Channels;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>Turns updates of the box into events, and sends kills to the box.</summary>
/// <param name="client">The client of the box; it must report a lost connection at once.</param>
/// <param name="events">Receives the events.</param>
/// <param name="time">The source of time for the pauses.</param>
internal sealed class TopFeed(MeeseeksClient client, ChannelWriter<TopEvent> events, TimeProvider time)
{
    private static readonly TimeSpan BeforeNextAttempt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenReviews = TimeSpan.FromSeconds(20);

    // A selection that moves on leaves no requests behind.
    private static readonly TimeSpan BeforeOutput = TimeSpan.FromMilliseconds(120);

    // Of a job that prints fast, the box drops output rather than this screen reads all of it.
    private static readonly TimeSpan BetweenParts = TimeSpan.FromMilliseconds(50);
    private const int BytesOfOutput = 4096;

    /// <summary>Follows the box, and reconnects after each loss.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await foreach (var update in client.FollowClusterAsync(JobSelection.All, StatusJob.Attributes, stop))
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

    /// <summary>Follows the end of an output of a job.</summary>
    /// <param name="id">The id of the job.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="follow">The number of the follow, for the events.</param>
    /// <param name="stop">Ends it.</param>
    public async Task FollowOutputAsync(string id, OutputStream stream, int follow, CancellationToken stop)
    {
        await Task.Delay(BeforeOutput, time, stop);
        try
        {
            var delays = new Delays(reason => events.TryWrite(new TopEvent.Unprinted(follow, reason)));
            await foreach (var part in client.FollowOutputAsync(id, stream, -BytesOfOutput, delays, stop))
            {
                await events.WriteAsync(new TopEvent.Printed(follow, stream, part), stop);
                await Task.Delay(BetweenParts, time, stop);
            }
        }
        catch (MeeseeksConnectionException)
        {
            // FollowAsync reports the lost connection.
        }
        catch (MeeseeksRequestException problem)
        {
            await events.WriteAsync(new TopEvent.Unprinted(follow, problem.Message), stop);
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

    private sealed class Delays(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
