using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Holds the answer to a request with <c>wait</c> until there is a change (docs/PROTOCOL.md#waiting-for-news).</summary>
internal sealed class LongPoll(CoreHost host, TimeProvider time)
{
    /// <summary>True for a request for the changes after a number of change, whose answer can be held.</summary>
    public static bool CanWait(Request request) => request switch
    {
        GetRequest get => get.Filter.NewerSeq is not null,
        LsRequest ls => ls.Filter.NewerSeq is not null,
        NodesRequest nodes => nodes.Seq is not null,
        _ => false,
    };

    /// <summary>Waits for the release of the answer: by a change, the time, a further line or the end of the connection.</summary>
    public async ValueTask WaitAsync(RequestObject request, ILineLookahead further, ResponseWriter answer, CancellationToken stop)
    {
        var (held, until) = host.Execute((_, now) => Hold(request, now.Monotonic));
        if (further.IsNextAvailable || Update(held).IsReleased)
        {
            return;
        }

        await answer.SendAnswersBeforeAsync(stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var line = further.WaitForNextAsync();
        var limit = DelayAsync(until, over.Token);
        try
        {
            while (true)
            {
                // Obtained before the check, so that a change between the two is not missed.
                var change = host.NextChange;
                if (Update(held).IsReleased)
                {
                    return;
                }

                var next = held.IsPaced ? DelayAsync(held.Deadline, over.Token) : change;
                if (await Task.WhenAny(next, line, limit) != next)
                {
                    return;
                }
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private static (HeldReply Held, double Until) Hold(RequestObject request, double now)
    {
        var filters = request.Requests
            .Select(one => one.Value switch { GetRequest get => get.Filter, LsRequest ls => ls.Filter, _ => null })
            .Where(filter => filter?.NewerSeq is not null);
        var condition = new ChangeCondition(
            [.. filters.Select(filter => new JobQuery(filter!, request.Options.Unassigned))],

            request.Requests.Select(one => one.Value).OfType<NodesRequest>().FirstOrDefault()?.Seq);
        var until = now + request.Options.Wait!.Value;
        return (new HeldReply(condition, until), until);
    }

    private HeldReply Update(HeldReply held)
    {
        host.Execute((core, now) => held.Update(core, now));
        return held;
    }

    private Task DelayAsync(double until, CancellationToken stop)
    {
        var seconds = until - (time.GetTimestamp() / (double)time.TimestampFrequency);
        return Task.Delay(TimeSpan.FromMilliseconds(Math.Max(Math.Ceiling(seconds * 1000), 1)), time, stop);
    }
}
