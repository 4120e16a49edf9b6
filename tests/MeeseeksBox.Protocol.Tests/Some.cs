using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests;

/// <summary>Values and generators for tests.</summary>
internal static class Some
{
    /// <summary>Generates problematic texts: quotes, escapes, non-ASCII characters, patterns, numbers.</summary>
    public static readonly Gen<string> Text = Gen.OneOf<string>(
        Gen.String[Gen.Char.AlphaNumeric, 0, 8],
        Gen.OneOf(
            "", "*", "a*", "0", "1", "007", "1.0", "true", "null", "new", "done", "a b", "a=b", "\"", "\\", "\\ud800", "\u0000", "\n",
            "é", "日本", "😀", "\u2028"));

    /// <summary>Generates texts that may hold a byte that is not UTF-8.</summary>
    public static readonly Gen<string> Value = Gen.OneOf<string>(Text, Text.Select(text => text + "\udcff"));

    /// <summary>Generates any JSON value as a text, with names of the protocol.</summary>
    public static readonly Gen<string> AnyJson = Gen.Recursive<string>((depth, inner) =>
        depth > 4 ? Scalar : Gen.OneOf<string>(Scalar, List(inner), Object(inner)));

    private static Gen<string> Scalar => Gen.OneOf<string>(
        Gen.OneOf(
            "null", "true", "false", "0", "1", "-1", "2", "1.5", "1e999", "-1e999", "1e-400", "9007199254740993", "1795413155.4601493",
            "[]", "{}", "[null]"),
        Gen.Double.Where(double.IsFinite).Select(number => JsonSerializer.Serialize(number)),
        Value.Select(Quoted));

    private static Gen<string> Name => Gen.OneOf<string>(
        Gen.OneOf(
        [
            .. JobAttributes.All.Select(attribute => attribute.Name),
            "tag", "ids", "options", "pretty", "status", "submit", "query", "get", "kill", "ls", "modify", "config", "sync", "tail",
            "offset", "run",
        ]),
        Text);

    /// <summary>Parses a JSON value.</summary>
    public static JsonElement Json(string text) => JsonElement.Parse(text);

    /// <summary>The bytes of a line, as received from a socket.</summary>
    public static ReadOnlySequence<byte> Line(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a job from JSON.</summary>
    public static Job Job(string json) =>
        JobAttributes.TryRead(Json(json), out var job, out var problem) ? job : throw new InvalidOperationException($"No job: {problem}");

    /// <summary>Creates a job with these attributes, an id and a pool.</summary>
    public static Job JobWith(string attributes) => Job($$"""{"id":"a","pool":"p1","args":["/bin/true"],{{attributes}}}""");

    /// <summary>The JSON of a job, as sent.</summary>
    public static JsonElement Written(Job job) => JsonElement.Parse(JobAttributes.LineOf(job).Span);

    /// <summary>True when two JSON values are equal, ignoring the order of names.</summary>
    public static bool Same(JsonElement one, JsonElement other) => LosslessJson.AreSame(one, other);

    private static string Quoted(string text) => LosslessJson.ElementOf(text).GetRawText();

    private static Gen<string> List(Gen<string> inner) => inner.Array[0, 3].Select(items => $"[{string.Join(',', items)}]");

    private static Gen<string> Object(Gen<string> inner) => Gen.Select(Name, inner).Array[0, 4]
        .Select(pairs => $"{{{string.Join(',', pairs.Select(pair => $"{Quoted(pair.Item1)}:{pair.Item2}"))}}}");
}
