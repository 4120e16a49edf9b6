using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.FileWatch.Templates;

/// <summary>A jobspec: a spec for <c>submit</c> with formats in its texts, at any depth.</summary>
public sealed class JobTemplate
{
    private readonly ConfigObject _written;

    /// <summary>Parses the formats of a jobspec.</summary>
    /// <param name="written">An object that is not empty.</param>
    public JobTemplate(ConfigObject written)
    {
        _written = written;
        Keys = [.. Texts(written).SelectMany(text => text.Keys).Distinct()];
    }

    /// <summary>The keys that a jobspec may have.</summary>
    public static IReadOnlyList<string> KnownKeys { get; } =
    [
        "id",
        "node",
        "tag",
        .. JobAttributes.All.Where(attribute => attribute.Role is JobAttributeRole.Spec).Select(attribute => attribute.Name),
    ];

    /// <summary>The keys of the formats in it.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The id with its formats not replaced; null when there is none.</summary>
    public string? Id => _written.TryGet("id", out var id) && id is ConfigScalar { IsNull: false } scalar ? scalar.Text : null;

    /// <summary>Whether it has a state.</summary>
    public bool HasState => _written.TryGet("state", out _);

    /// <summary>The spec of one job, with its formats replaced; an error when a value is missing.</summary>
    public Result<JsonObject> Fill(IJobValues values)
    {
        string? problem = null;
        var spec = (JsonObject)Node(_written, values, ref problem)!;
        return problem is null ? spec : new Error(problem);
    }

    /// <summary>Validates the jobspec without a file: unknown keys, and values that <c>submit</c> rejects.</summary>
    /// <param name="unknown">The keys that <c>submit</c> does not have.</param>
    /// <returns>The error; null when there is none.</returns>
    public string? Check(out IReadOnlyList<string> unknown)
    {
        unknown = [];
        if (Texts(_written).Select(text => text.Problem).FirstOrDefault(problem => problem is not null) is { } malformed)
            return malformed;
        string? problem = null;
        var plain = Node(_written, new Unfilled(), ref problem)!;
        var spec = SubmitArgument.Read(LosslessJson.ElementOf(plain));
        unknown = spec.Unknown;
        if (!_written.TryGet("pool", out var pool) || pool is ConfigScalar { IsNull: true })
            return "pool: a job needs one";
        if (!_written.TryGet("args", out var args) || args is ConfigScalar { IsNull: true })
            return "args: a job needs the program and its arguments, like [\"/bin/echo\",\"%(file)s\"]";
        if (args is ConfigScalar)
            return $"args: {args.Display} is not a list; it must be the program and its arguments, like [\"/bin/echo\",\"%(file)s\"]";

        // A format may produce a valid value, so values are validated only when there is no format.
        return Keys.Count == 0 ? spec.Problem : null;
    }

    private static IEnumerable<FormattedText> Texts(ConfigValue value) => value switch
    {
        ConfigObject tree => tree.Members.SelectMany(member => Texts(member.Value)),
        ConfigList list => list.Items.SelectMany(Texts),
        ConfigScalar { Kind: JsonValueKind.String } text => [FormattedText.Parse(text.Text)],
        _ => [],
    };

    private static JsonNode? Node(ConfigValue value, IJobValues values, ref string? problem)
    {
        switch (value)
        {
            case ConfigObject tree:
                var filled = new JsonObject();
                foreach (var (key, member) in tree.Members)
                    filled[key] = Node(member, values, ref problem);
                return filled;
            case ConfigList list:
                var items = new JsonArray();
                foreach (var item in list.Items)
                    items.Add(Node(item, values, ref problem));
                return items;
            case ConfigScalar { Kind: JsonValueKind.String } text:
                var result = FormattedText.Parse(text.Text).Fill(values);
                problem ??= result.Problem;
                return JsonValue.Create(result.Value);
            default:
                return JsonNode.Parse(((ConfigScalar)value).Text);
        }
    }

    private sealed class Unfilled : IJobValues
    {
        public Result<string> Find(string key) => $"%({key})s";
    }
}
