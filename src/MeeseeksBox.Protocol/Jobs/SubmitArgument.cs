using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The argument of a <c>submit</c>: a new job, or changes to an existing one.</summary>
/// <remarks>
/// Sample: <c>{"id":"a","pool":"p1","node":"n*","args":["/bin/true"],"hold":1}</c> (docs/SPECIFICATION.md#spec-attributes).
/// </remarks>
public sealed record SubmitArgument
{
    /// <summary>The id from the submit; null to have the node create one.</summary>
    public string? Id { get; init; }

    /// <summary>The values of the named attributes; the id is empty when none was given.</summary>
    public required Job Values { get; init; }

    /// <summary>The spec attributes in the submit; the others stay unchanged.</summary>
    public required IReadOnlyList<JobAttribute> Keys { get; init; }

    /// <summary>
    /// The node names in the submit, or patterns that end in <c>*</c>; empty to let the cluster choose; null when the key was missing.
    /// </summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>The requested state; null when there was none.</summary>
    public JobState? State { get; init; }

    /// <summary>The keys that <c>submit</c> does not support.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>The error that rejects the whole spec; null when the spec is valid.</summary>
    public string? Problem { get; init; }

    /// <summary>Reads the argument of a <c>submit</c>.</summary>
    /// <param name="argument">An object.</param>
    public static SubmitArgument Read(JsonElement argument)
    {
        var values = new Job { Id = "" };
        var keys = new List<JobAttribute>();
        var unknown = new List<string>();
        IReadOnlyList<string>? nodes = null;
        JobState? state = null;
        string? problem = null;
        foreach (var property in argument.EnumerateObject())
        {
            var name = property.Name is "tag" ? "tags" : property.Name;
            var wrong = default(string);
            switch (name)
            {
                case "node":
                    wrong = ReadNodes(property.Value, out nodes);
                    break;
                case "state" when property.Value.ValueKind is JsonValueKind.Null:
                    break;
                case "id" or "state":
                    _ = JobAttributes.TryFind(name, out var identity);
                    values = identity!.Read(values, property.Value, out wrong);
                    state = name is "state" ? values.Status.State : state;
                    break;
                default:
                    if (JobAttributes.TryFind(name, out var attribute) && attribute.Role is JobAttributeRole.Spec)
                    {
                        values = attribute.Read(values, property.Value, out wrong);
                        keys.Add(attribute);
                    }
                    else
                    {
                        unknown.Add(property.Name);
                    }

                    break;
            }

            problem ??= wrong;
        }

        return new SubmitArgument
        {
            Id = values.Id.Length is 0 ? null : values.Id,
            Values = values,
            Keys = keys,
            Nodes = nodes,
            State = state,
            Unknown = unknown,
            Problem = problem,
        };
    }

    private static string? ReadNodes(JsonElement value, out IReadOnlyList<string>? nodes)
    {
        nodes = [];
        if (value.ValueKind is JsonValueKind.False or JsonValueKind.Null)
            return null;

        if (!LenientJson.TryStrings(value, out var names))
            return $"node: {LenientJson.Show(value)} is not the name of a node, a list of names, or a pattern like 'n*'";

        nodes = [.. names.Where(name => name.Length > 0).Distinct()];
        return null;
    }
}
