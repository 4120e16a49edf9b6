using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Holds back an answer to who asks for news with <c>wait</c>, until there is some (docs/PROTOCOL.md#waiting-for-news).</summary>
internal sealed class Holding(StateKeeper state, TimeProvider time)
{
    // Where changes come in a stream, each look and each answer takes in what came meanwhile. The first after a quiet time is looked at at once.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    /// <summary>True when the answer to a request can be news, or none.</summary>
    public static bool IsForNews(Request request) => request switch
    {
        GetRequest get => get.Filter.NewerSeq is not null,
        LsRequest ls => ls.Filter.NewerSeq is not null,
        NodesRequest nodes => nodes.Seq is not null,
        _ => false,
    };

    /// <summary>Ends when there is news, when the time is over, when a further line has come, or when the connection ends.</summary>
    public async ValueTask WaitAsync(RequestObject request, IFurtherLines further, AnswerWriter answer, CancellationToken stop)
    {
        var looked = 0L;
        if (further.HasCome || HasNews(request, ref looked))
        {
            return;
        }

        await answer.SendAnswersBeforeAsync(stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var limit = Task.Delay(TimeSpan.FromSeconds(request.Options.Wait!.Value), time, over.Token);
        var line = further.ComeAsync();
        var lookedAt = time.GetTimestamp();
        try
        {
            while (true)
            {
                var change = state.NextChange;
                if (HasNews(request, ref looked) || await Task.WhenAny(change, line, limit) != change)
                {
                    return;
                }

                if (Pace - time.GetElapsedTime(lookedAt) is { Ticks: > 0 } pause)
                {
                    _ = await Task.WhenAny(Task.Delay(pause, time, over.Token), line, limit);
                }

                lookedAt = time.GetTimestamp();
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    // What was looked at before and did not match has not changed since: each change is looked at once.
    private bool HasNews(RequestObject request, ref long looked)
    {
        var from = looked;
        (var result, looked) = state.Do((ledger, _) => (request.Requests.Any(one => HasNews(one.Value, request.Options, ledger, from)), ledger.Seq));
        return result;
    }

    private static bool HasNews(Request request, RequestOptions options, Ledger ledger, long looked) => request switch
    {
        GetRequest { Filter: { NewerSeq: { } seq } filter } => HasNews(ledger, seq, looked, filter, options),
        LsRequest { Filter: { NewerSeq: { } seq } filter } => HasNews(ledger, seq, looked, filter, options),
        NodesRequest { Seq: { } seq } => seq > ledger.Nodes.Seq || ledger.Nodes.MatteringSeq > seq,
        _ => false,
    };

    // Somebody who knows of more changes than there are has come from an earlier life of this box.
    private static bool HasNews(Ledger ledger, long seq, long looked, JobFilter filter, RequestOptions options) =>
        seq > ledger.Seq || ledger.HasAnyAfter(Math.Max(seq, looked), filter, options);
}
