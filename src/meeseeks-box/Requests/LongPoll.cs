using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Holds back an answer to who asks for news with <c>wait</c>, until there is some (docs/PROTOCOL.md#waiting-for-news).</summary>
internal sealed class LongPoll(CoreHost host, TimeProvider time)
{
    // Where changes come in a stream, each check and each answer takes in what came meanwhile. The first after a quiet time is checked at once.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    /// <summary>True when the answer to a request can be news, or none.</summary>
    public static bool CanWait(Request request) => request switch
    {
        GetRequest get => get.Filter.NewerSeq is not null,
        LsRequest ls => ls.Filter.NewerSeq is not null,
        NodesRequest nodes => nodes.Seq is not null,
        _ => false,
    };

    /// <summary>Ends when there is news, when the time is over, when a further line has come, or when the connection ends.</summary>
    public async ValueTask WaitAsync(RequestObject request, ILineLookahead further, ResponseWriter answer, CancellationToken stop)
    {
        var checkedSeq = 0L;
        if (further.IsNextAvailable || HasChanges(request, ref checkedSeq))
        {
            return;
        }

        await answer.SendAnswersBeforeAsync(stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var limit = Task.Delay(TimeSpan.FromSeconds(request.Options.Wait!.Value), time, over.Token);
        var line = further.WaitForNextAsync();
        var checkedAt = time.GetTimestamp();
        try
        {
            while (true)
            {
                var change = host.NextChange;
                if (HasChanges(request, ref checkedSeq) || await Task.WhenAny(change, line, limit) != change)
                {
                    return;
                }

                if (Pace - time.GetElapsedTime(checkedAt) is { Ticks: > 0 } pause)
                {
                    _ = await Task.WhenAny(Task.Delay(pause, time, over.Token), line, limit);
                }

                checkedAt = time.GetTimestamp();
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    // What was checked before and did not match has not changed since: each change is checked once.
    private bool HasChanges(RequestObject request, ref long checkedSeq)
    {
        var from = checkedSeq;
        (var result, checkedSeq) = host.Execute((core, _) => (request.Requests.Any(one => HasChanges(one.Value, request.Options, core, from)), core.Seq));
        return result;
    }

    private static bool HasChanges(Request request, RequestOptions options, NodeCore core, long checkedSeq) => request switch
    {
        GetRequest { Filter: { NewerSeq: { } seq } filter } => HasChanges(core, seq, checkedSeq, filter, options),
        LsRequest { Filter: { NewerSeq: { } seq } filter } => HasChanges(core, seq, checkedSeq, filter, options),
        NodesRequest { Seq: { } seq } => seq > core.Nodes.Seq || core.Nodes.SignificantSeq > seq,
        _ => false,
    };

    // Somebody who knows of more changes than there are has come from an earlier life of this box.
    private static bool HasChanges(NodeCore core, long seq, long checkedSeq, JobFilter filter, RequestOptions options) =>
        seq > core.Seq || core.HasAnyAfter(Math.Max(seq, checkedSeq), filter, options);
}
