using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>status</c>, <c>nodes</c> and <c>pools</c>: what this node knows of the cluster.</summary>
internal sealed class StatusHandler(StateKeeper state)
{
    // Who waits for news asks anew when the time is over: what was stated a little before he asked is old then.
    private const double ShareOfWait = 0.9;

    public void HandleStatus(AnswerWriter answer)
    {
        answer.Json.WriteStartObject();
        answer.Json.WritePropertyName("nodes");
        HandleNodes(new NodesRequest(Seq: null), new RequestOptions(), answer);
        answer.Json.WritePropertyName("pools");
        HandlePools(answer);
        answer.Json.WriteEndObject();
    }

    public void HandleNodes(NodesRequest request, RequestOptions options, AnswerWriter answer)
    {
        var news = state.Do((ledger, now) => ledger.NodesSince(request.Seq ?? 0, (options.Wait ?? 0) * ShareOfWait, now));
        JsonSerializer.Serialize(answer.Json, news.Statuses, WireContext.Default.DictionaryStringNodeStatus);
        if (request.Seq is not null)
        {
            answer.NoteNodes(news.Seq, request.Seq is 0 ? null : news.Gone);
        }
    }

    public void HandlePools(AnswerWriter answer) => JsonSerializer.Serialize(
        answer.Json, state.Do((ledger, _) => ledger.FreeSlots()), WireContext.Default.DictionaryStringDictionaryStringSlotCount);
}
