using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>status</c>, <c>nodes</c> and <c>pools</c>: what this node knows of the cluster.</summary>
internal sealed class StatusHandler(StateKeeper state, string version)
{
    public void HandleStatus(AnswerWriter answer)
    {
        answer.Json.WriteStartObject();
        answer.Json.WritePropertyName("nodes");
        HandleNodes(answer);
        answer.Json.WritePropertyName("pools");
        HandlePools(answer);
        answer.Json.WriteEndObject();
    }

    public void HandleNodes(AnswerWriter answer) => JsonSerializer.Serialize(
        answer.Json, state.Do(Nodes), WireContext.Default.DictionaryStringNodeStatus);

    public void HandlePools(AnswerWriter answer) => JsonSerializer.Serialize(
        answer.Json, state.Do((ledger, _) => ledger.FreeSlots()), WireContext.Default.DictionaryStringDictionaryStringSlotCount);

    private Dictionary<string, NodeStatus> Nodes(Ledger ledger, Moment now)
    {
        var nodes = new Dictionary<string, NodeStatus> { [ledger.Settings.Name] = ledger.OwnStatus(now) with { Ver = version, Caps = [] } };
        foreach (var node in ledger.Nodes.All)
        {
            nodes[node.Name] = node.Status;
        }

        return nodes;
    }
}
