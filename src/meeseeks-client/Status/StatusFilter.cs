using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>What the conditions of <c>stat</c> mean for nodes and pools, where the lines are for scripts.</summary>
/// <remarks>
/// A job without a node is shown under the asked node, so that a condition on nodes lets it pass until that node is known.
/// </remarks>
internal sealed class StatusFilter
{
    private const string Node = "node";

    private readonly JsonNode? _nodes;
    private readonly JsonNode? _pools;

    /// <summary>Takes the conditions of a selection.</summary>
    public StatusFilter(JobSelection selection)
    {
        var conditions = selection.ToFilter();
        (_nodes, _pools) = (conditions[Node]?.DeepClone(), conditions["pool"]?.DeepClone());
        Jobs = _nodes is null ? selection : selection.With(Node, new JsonArray([.. Values(_nodes).Select(value => (JsonNode?)value), false]));
    }

    /// <summary>No condition.</summary>
    public static StatusFilter None { get; } = new(JobSelection.All);

    /// <summary>The jobs to ask for.</summary>
    public JobSelection Jobs { get; }

    /// <summary>Whether a node's pools and jobs are shown.</summary>
    public bool TakesNode(string name) => Takes(_nodes, name);

    /// <summary>Whether a pool is shown.</summary>
    public bool TakesPool(string name) => Takes(_pools, name);

    /// <summary>Whether a job is shown under a node.</summary>
    /// <param name="isAssigned">Whether the job has a node.</param>
    /// <param name="node">The node that it stands under.</param>
    public bool TakesJob(bool isAssigned, string node) => TakesNode(node) || (!isAssigned && Values(_nodes!).Any(value => value is "false" or "0"));

    private static bool Takes(JsonNode? condition, string name) => condition is null || Values(condition).Any(value => Fits(value, name));

    private static bool Fits(string value, string name) => value.EndsWith('*') ? name.StartsWith(value[..^1], StringComparison.Ordinal) : name == value;

    private static IEnumerable<string> Values(JsonNode condition) => condition is JsonArray list ? list.OfType<JsonNode>().Select(Text) : [Text(condition)];

    private static string Text(JsonNode value) => value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
