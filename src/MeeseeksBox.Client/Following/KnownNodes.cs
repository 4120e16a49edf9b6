using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Client.Following;

/// <summary>The nodes as they were last told of, by a box that tells what changed or by an old peer that tells all.</summary>
internal sealed class KnownNodes
{
    private long _seq;

    /// <summary>The nodes by their names; a new object whenever any of them changed.</summary>
    public IReadOnlyDictionary<string, NodeStatus> All { get; private set; } = new Dictionary<string, NodeStatus>();

    /// <summary>The argument of the next question.</summary>
    public JsonObject Question => new() { ["seq"] = _seq };

    /// <summary>Has all nodes told once more: the numbers of change begin anew.</summary>
    public void StartAnew() => _seq = 0;

    /// <summary>Takes an answer in.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="MeeseeksRequestException">It cannot be read.</exception>
    public bool Take(Answer answer)
    {
        var told = Read(answer["nodes"]);
        var gone = answer.Find("nodes_gone") is { } value && Loose.TryTexts(value, out var names) ? names : [];
        var next = answer.Find("nodes_seq") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var seq) ? seq : 0;
        var isWhole = _seq is 0 || next is 0;
        _seq = next;
        if (!isWhole && told.Count is 0 && gone.Length is 0)
        {
            return false;
        }

        var all = isWhole ? new Dictionary<string, NodeStatus>() : All.Where(node => !gone.Contains(node.Key)).ToDictionary();
        foreach (var (name, status) in told)
        {
            all[name] = status;
        }

        All = all;
        return true;
    }

    private static Dictionary<string, NodeStatus> Read(JsonElement nodes)
    {
        try
        {
            return nodes.Deserialize(WireContext.Default.DictionaryStringNodeStatus)!;
        }
        catch (JsonException problem)
        {
            throw new MeeseeksRequestException($"nodes: the answer cannot be read: {problem.Message}");
        }
    }
}
