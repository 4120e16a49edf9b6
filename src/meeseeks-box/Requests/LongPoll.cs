using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
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
        var (held, wait) = host.Execute((_, now) => Hold(request, now));
        if (further.IsNextAvailable || Update(held) is null)
            return;

        await answer.SendAnswersBeforeAsync(stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var line = further.WaitForNextAsync();
        var limit = Task.Delay(wait, time, over.Token);
        try
        {
            while (true)
            {
                // Obtained before the check, so that a change between the two is not missed.
                var change = host.NextChange;
                if (Update(held) is not { } pause)
                    return;

                var next = held.IsPaced ? Task.Delay(pause, time, over.Token) : change;
                if (await Task.WhenAny(next, line, limit) != next)
                    return;
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private static (HeldReply Held, TimeSpan Wait) Hold(RequestObject request, Instant now)
    {
        var filters = request.Requests
            .Select(one => one.Value switch { GetRequest get => get.Filter, LsRequest ls => ls.Filter, _ => null })
            .Where(filter => filter?.NewerSeq is not null);
        var condition = new ChangeCondition(
            [.. filters.Select(filter => JobQuery.Of(filter!, request.Options))],
            request.Requests.Select(one => one.Value).OfType<NodesRequest>().FirstOrDefault()?.Seq);
        var until = now.Monotonic + request.Options.Wait!.Value;
        return (new HeldReply(condition, until), now.Until(until));
    }

    // The time until the next update is due at the latest; null once the answer is released.
    private TimeSpan? Update(HeldReply held) => host.Execute((core, now) =>
    {
        held.Update(core, now);
        return held.IsReleased ? default(TimeSpan?) : now.Until(held.Deadline);
    });
}
