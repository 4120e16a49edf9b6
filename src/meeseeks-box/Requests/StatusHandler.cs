using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>status</c>, <c>nodes</c> and <c>pools</c>: the cluster as this node sees it.</summary>
internal sealed class StatusHandler(CoreHost host)
{
    public void HandleStatus(ResponseWriter answer)
    {
        answer.Json.WriteStartObject();
        answer.Json.WritePropertyName("nodes");
        HandleNodes(new NodesRequest(Seq: null), new RequestOptions(), answer);
        answer.Json.WritePropertyName("pools");
        HandlePools(answer);
        answer.Json.WriteEndObject();
    }

    public void HandleNodes(NodesRequest request, RequestOptions options, ResponseWriter answer)
    {
        var changes = host.Execute((core, now) => core.NodesSince(request.Seq ?? 0, options.Wait, now));
        JsonSerializer.Serialize(answer.Json, changes.Statuses, WireContext.Default.DictionaryStringNodeStatus);
        if (request.Seq is not null)
            answer.NoteNodes(changes.Seq, changes.Removed);
    }

    public void HandlePools(ResponseWriter answer) => JsonSerializer.Serialize(
        answer.Json, host.Execute((core, _) => core.FreeSlots()), WireContext.Default.DictionaryStringDictionaryStringSlotCount);
}
