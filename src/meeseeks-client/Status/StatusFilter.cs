using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>Applies the conditions of <c>stat</c> to nodes and pools, in the output for scripts.</summary>
/// <remarks>
/// A job without a node is listed under the node that received the request. Until that node is known, a condition on nodes also
/// selects jobs without a node.
/// </remarks>
internal sealed class StatusFilter
{
    private const string Node = "node";

    private readonly JsonNode? _nodes;
    private readonly JsonNode? _pools;

    /// <summary>Creates the filter from the conditions of a selection.</summary>
    public StatusFilter(JobSelection selection)
    {
        var conditions = selection.ToFilter();
        (_nodes, _pools) = (conditions[Node]?.DeepClone(), conditions["pool"]?.DeepClone());
        Jobs = _nodes is null
            ? selection
            : selection.With(Node, new JsonArray([.. Values(_nodes).Select(value => (JsonNode?)value), false]));
    }

    /// <summary>A filter without conditions.</summary>
    public static StatusFilter None { get; } = new(JobSelection.All);

    /// <summary>The jobs to request.</summary>
    public JobSelection Jobs { get; }

    /// <summary>Whether the pools and jobs of a node are shown.</summary>
    public bool TakesNode(string name) => Takes(_nodes, name);

    /// <summary>Whether a pool is shown.</summary>
    public bool TakesPool(string name) => Takes(_pools, name);

    /// <summary>Whether a job is shown under a node.</summary>
    /// <param name="isAssigned">Whether the job has a node.</param>
    /// <param name="node">The node under which it is listed.</param>
    public bool TakesJob(bool isAssigned, string node) =>
        TakesNode(node) || (!isAssigned && Values(_nodes!).Any(value => value is "false" or "0"));

    private static bool Takes(JsonNode? condition, string name) => condition is null || Values(condition).Any(value => Fits(value, name));

    private static bool Fits(string value, string name) =>
        value.EndsWith('*') ? name.StartsWith(value[..^1], StringComparison.Ordinal) : name == value;

    private static IEnumerable<string> Values(JsonNode condition) =>
        condition is JsonArray list ? list.OfType<JsonNode>().Select(Text) : [Text(condition)];

    private static string Text(JsonNode value) =>
        value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
