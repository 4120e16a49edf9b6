using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Client.Following;

/// <summary>The last reported status of all nodes.</summary>
/// <remarks>A box reports the changed nodes; a legacy node reports all of them each time.</remarks>
internal sealed class KnownNodes
{
    private long _seq;

    /// <summary>The nodes by name; a new object after each change.</summary>
    public IReadOnlyDictionary<string, NodeStatus> All { get; private set; } = new Dictionary<string, NodeStatus>();

    /// <summary>The argument of the next <c>nodes</c> request.</summary>
    public JsonObject NextRequest => new() { ["seq"] = _seq };

    /// <summary>Requests all nodes again, because the numbers of change are no longer valid.</summary>
    public void Reset() => _seq = 0;

    /// <summary>Merges the nodes of an answer.</summary>
    /// <returns>Whether any node changed.</returns>
    /// <exception cref="MeeseeksRequestException">The nodes of the answer cannot be read.</exception>
    public bool Take(Response response)
    {
        var reported = response.Nodes();
        var gone = response.Find("nodes_gone") is { } value && LenientJson.TryStrings(value, out var names) ? names : null;
        var next = response.Find("nodes_seq") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seq) ? seq : 0;
        var isSnapshot = _seq is 0 || next is 0 || gone is null;
        _seq = next;
        if (!isSnapshot && reported.Count is 0 && gone is [])
            return false;

        var all = isSnapshot ? new Dictionary<string, NodeStatus>() : All.Where(node => !gone!.Contains(node.Key)).ToDictionary();
        foreach (var (name, status) in reported)
            all[name] = status;

        All = all;
        return true;
    }
}
