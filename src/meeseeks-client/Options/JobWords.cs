using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>
/// Converts <c>key=value</c> words to job specs and filters in wire form (docs/SPECIFICATION.md#job-words).
/// </summary>
internal static class JobWords
{
    // The values of these keys are always texts: id=007 stays 007.
    private static readonly string[] TextKeys = ["id", "pool", "node", "stdin", "stdout", "stderr", "cwd", "error", "submit_node"];

    private const string ExactId = "id==";
    private const string EnvKey = "env=";

    private static readonly SourceLocation Origin = new(SourceLocation.CommandLine);

    // In a spec it clears a key; in a filter it matches nothing.
    private static readonly ConfigValue Cleared = new ConfigScalar(JsonValueKind.Null, "null", Origin);
    private static readonly ConfigValue NoValue = new ConfigList([], Origin);

    /// <summary>A job spec. Of the text keys only <c>node</c> may be a list; a key without a value is cleared.</summary>
    /// <exception cref="UsageException">A word is wrong.</exception>
    public static JsonObject Spec(IEnumerable<string> words)
    {
        words = [.. words];
        if (words.FirstOrDefault(IsVariableWithoutName) is { } odd)
        {
            var variable = odd[EnvKey.Length..];
            throw new UsageException(
                $"{odd}: each variable of the environment is a word of its own; "
                    + $"write env.{variable}{(variable.Contains('=') ? "" : "=bar")}");
        }

        var spec = Read(words, (key, text) => key is "node" ? List(text) : Text(text), Cleared);
        LocalPaths.Complete(spec);
        return spec;
    }

    /// <summary>The id that a word selects; null if the word is a condition.</summary>
    /// <param name="word">An id, or <c>id==ID</c> for an id that has another meaning as a word.</param>
    public static string? IdOf(string word) => IsExact(word) ? word[ExactId.Length..] : word.Contains('=') ? null : word;

    /// <summary>Whether a word selects all ids that begin with a text.</summary>
    public static bool IsPattern(string word) => !IsExact(word) && !word.Contains('=') && word.EndsWith('*');

    /// <summary>
    /// A selection of jobs: words without <c>=</c> are ids, the others are conditions, where a comma means "or". A condition without a
    /// value, such as <c>error=</c>, selects no job.
    /// </summary>
    /// <remarks>A script writes such a condition when its variable is empty, so it must not kill all jobs without an error.</remarks>
    /// <exception cref="UsageException">A word is wrong.</exception>
    public static JobSelection Selection(IReadOnlyList<string> words)
    {
        var ids = words.Select(IdOf).OfType<string>().ToList();
        var conditions = Read(words.Where(word => IdOf(word) is null), (_, text) => List(text), NoValue);
        var selection = JobSelection.Of(conditions);
        if (words.Any(IsPattern))
        {
            return words.FirstOrDefault(word => IsExact(word) && word.EndsWith('*')) is { } exact
                ? throw new UsageException($"{exact} cannot be combined with a pattern like {words.First(IsPattern)}; use two calls")
                : selection.With("ids", Texts(ids));
        }

        return ids.Count > 0 ? selection.WithExactly(ids) : selection;
    }

    /// <summary>A list of texts.</summary>
    public static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode?)text)];

    /// <summary>Settings of a box. A key <c>!name</c>, which removes a setting there, is passed on unchanged.</summary>
    /// <exception cref="UsageException">A word is wrong.</exception>
    public static JsonObject Settings(IEnumerable<string> words) =>
        Merged(words.Where(CommandLineSetting.IsSetting), CommandLineSetting.Parse);

    /// <summary>Removes a switch of the client, such as <c>wait=1</c>, from the words.</summary>
    /// <returns>Whether it is on.</returns>
    /// <exception cref="UsageException">The value is neither on nor off.</exception>
    public static bool ExtractSwitch(List<string> words, string key) => Extract(words, key) switch
    {
        null or "0" or "false" => false,
        "1" or "true" or "" => true,
        var value => throw new UsageException($"{key}={value}: the value must be 1 or 0"),
    };

    /// <summary>Removes a key of the client, such as <c>file=FILE</c>, from the words.</summary>
    /// <returns>Its last value; null if the key is missing.</returns>
    public static string? Extract(List<string> words, string key)
    {
        var value = words.FindLast(word => word.StartsWith($"{key}=", StringComparison.Ordinal))?[(key.Length + 1)..];
        _ = words.RemoveAll(word => word.StartsWith($"{key}=", StringComparison.Ordinal));
        return value;
    }

    // An object has several variables, and no value clears them all.
    private static bool IsVariableWithoutName(string word) =>
        word.StartsWith(EnvKey, StringComparison.Ordinal) && word.Length > EnvKey.Length && word[EnvKey.Length] is not '{';

    private static bool IsExact(string word) => word.StartsWith(ExactId, StringComparison.Ordinal);

    private static JsonObject Read(
        IEnumerable<string> words, Func<string, string, ConfigValue> text, ConfigValue empty) => Merged(words, (word, diagnostics) =>
    {
        var end = word.IndexOf('=', StringComparison.Ordinal);
        var (path, value) = (word[..end], word[(end + 1)..]);
        return path switch
        {
            _ when value.Length is 0 && path.Length > 0 && !path.Contains('.') =>
                Leaf(path, empty),
            _ when TextKeys.Contains(path) => Leaf(path, text(path, value)),
            "tag" or "tags" => Leaf(path, List(value)),
            _ when path.StartsWith("env.", StringComparison.Ordinal) => Leaf("env", Leaf(path["env.".Length..], Text(value))),
            _ => CommandLineSetting.Parse(word, diagnostics),
        };
    });

    private static JsonObject Merged(IEnumerable<string> words, Func<string, ConfigDiagnostics, ConfigObject?> read)
    {
        var diagnostics = new ConfigDiagnostics();
        var merged = new JsonObject();
        foreach (var word in words)
        {
            if (read(word, diagnostics) is { } layer)
                Merge(merged, layer);
        }

        return diagnostics.Problems.Count is 0 ? merged : throw new UsageException(string.Join('\n', diagnostics.Problems));
    }

    private static void Merge(JsonObject below, ConfigObject over)
    {
        foreach (var (key, value) in over.Members)
        {
            if (value is ConfigObject section && below[key] is JsonObject child)
            {
                Merge(child, section);
            }
            else
            {
                below[key] = Node(value);
            }
        }
    }

    private static ConfigObject Leaf(string key, ConfigValue value) => new([KeyValuePair.Create(key, value)], Origin);

    private static ConfigScalar Text(string text) => new(JsonValueKind.String, text, Origin);

    private static ConfigValue List(string text) =>
        text.Contains(',')
            ? new ConfigList([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Text)], Origin)
            : Text(text);

    private static JsonNode? Node(ConfigValue value) => value switch
    {
        ConfigObject section => new JsonObject(section.Members.Select(member => KeyValuePair.Create(member.Key, Node(member.Value)))),
        ConfigList list => new JsonArray([.. list.Items.Select(Node)]),
        ConfigScalar { Kind: JsonValueKind.String } text => JsonValue.Create(text.Text),
        ConfigScalar scalar => JsonNode.Parse(scalar.Text),
        _ => throw new InvalidOperationException($"There is no such value as {value.GetType().Name}."),
    };
}
