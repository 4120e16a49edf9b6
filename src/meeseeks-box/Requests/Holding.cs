using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Lines;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Holds back an answer to who asks for news with <c>wait</c>, until there is some (docs/PROTOCOL.md, wait).</summary>
internal sealed class Holding(StateKeeper state, TimeProvider time)
{
    // Where changes come in a stream, each look and each answer takes in what came meanwhile.
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
        if (further.HasCome || HasNews(request))
        {
            return;
        }

        await answer.SendAnswersBeforeAsync(stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var limit = Task.Delay(TimeSpan.FromSeconds(request.Options.Wait!.Value), time, over.Token);
        var line = further.ComeAsync();
        try
        {
            while (true)
            {
                var change = state.NextChange;
                if (HasNews(request) || await Task.WhenAny(change, line, limit) != change)
                {
                    return;
                }

                _ = await Task.WhenAny(Task.Delay(Pace, time, over.Token), line, limit);
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private bool HasNews(RequestObject request) => state.Do((ledger, _) => request.Requests.Any(one => HasNews(one.Value, request.Options, ledger)));

    private static bool HasNews(Request request, RequestOptions options, Ledger ledger) => request switch
    {
        // Somebody who knows of more changes than there are has come from an earlier life of this box.
        GetRequest { Filter: { NewerSeq: { } seq } filter } => seq > ledger.Seq || ledger.HasAny(filter, options),
        LsRequest { Filter: { NewerSeq: { } seq } filter } => seq > ledger.Seq || ledger.HasAny(filter, options),
        NodesRequest { Seq: { } seq } => seq > ledger.Nodes.Seq || ledger.Nodes.MatteringSeq > seq,
        _ => false,
    };
}
