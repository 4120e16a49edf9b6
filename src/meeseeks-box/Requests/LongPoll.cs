using System.Collections.Concurrent;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Holds the answer to a request with <c>wait</c> until there is a change (docs/PROTOCOL.md#waiting-for-news).</summary>
/// <remarks>The first reader of a change checks the replies of all of them, in one turn of the core.</remarks>
internal sealed class LongPoll(CoreHost host, TimeProvider time)
{
    private readonly ConcurrentDictionary<Waiter, bool> _waiters = new();

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
        var waiter = new Waiter(held);
        if (further.IsNextAvailable || Update(waiter) is null)
            return;

        await answer.SendAnswersBeforeAsync(stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var line = further.WaitForNextAsync();
        var limit = Task.Delay(wait, time, over.Token);
        _ = _waiters.TryAdd(waiter, true);
        try
        {
            while (true)
            {
                // Obtained before the check, so that a change between the two is not missed.
                var change = host.NextChange;
                if (Update(waiter) is not { } pause)
                    return;

                var next = held.IsPaced ? Task.Delay(pause, time, over.Token) : change;
                if (await Task.WhenAny(next, line, limit) != next)
                    return;
            }
        }
        finally
        {
            _ = _waiters.TryRemove(waiter, out _);
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
    private TimeSpan? Update(Waiter waiter)
    {
        if (!waiter.IsCurrent(host.Changes, Monotonic))
            host.Execute((core, now) => UpdateAll(waiter, core, now));

        return waiter.Held.IsReleased ? null : new Instant(Wall: 0, Monotonic).Until(waiter.Held.Deadline);
    }

    private double Monotonic => time.GetTimestamp() / (double)time.TimestampFrequency;

    // Another reader may have done it while this one waited for the core.
    private void UpdateAll(Waiter waiter, NodeCore core, Instant now)
    {
        if (waiter.IsCurrent(host.Changes, now.Monotonic))
            return;

        // A new one has changes to look for that the others have seen.
        var isNew = waiter.IsNew;
        waiter.Update(core, now, host.Changes);
        if (isNew)
            return;
        foreach (var (other, _) in _waiters)
            other.Update(core, now, host.Changes);
    }

    /// <summary>A held reply, which is checked inside the lock of the core and read by its own reader.</summary>
    private sealed class Waiter(HeldReply held)
    {
        private const long Never = -1;

        private long _checkedAt = Never;

        public HeldReply Held => held;

        public bool IsNew => Volatile.Read(ref _checkedAt) is Never;

        public bool IsCurrent(long changes, double now) =>
            Volatile.Read(ref _checkedAt) == changes && !(held.IsPaced && now >= held.Deadline);

        public void Update(NodeCore core, Instant now, long changes)
        {
            held.Update(core, now);
            Volatile.Write(ref _checkedAt, changes);
        }
    }
}
