using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests;

/// <summary>Values for tests.</summary>
internal static class Some
{
    /// <summary>Texts that have been trouble somewhere: quotes, escapes, other planes, patterns, what looks like a number.</summary>
    public static readonly Gen<string> Text = Gen.OneOf<string>(
        Gen.String[Gen.Char.AlphaNumeric, 0, 8],
        Gen.OneOf("", "*", "a*", "0", "1", "007", "1.0", "true", "null", "new", "done", "a b", "a=b", "\"", "\\", "\\ud800", "\u0000", "\n", "é", "日本", "😀", "\u2028"));

    /// <summary>Texts of JSON that hold any value at all, names that mean something included.</summary>
    public static readonly Gen<string> AnyJson = Gen.Recursive<string>((depth, inner) => depth > 4 ? Scalar : Gen.OneOf<string>(Scalar, List(inner), Object(inner)));

    private static Gen<string> Scalar => Gen.OneOf<string>(
        Gen.OneOf("null", "true", "false", "0", "1", "-1", "2", "1.5", "1e999", "-1e999", "1e-400", "9007199254740993", "1795413155.4601493", "[]", "{}", "[null]"),
        Gen.Double.Where(double.IsFinite).Select(number => JsonSerializer.Serialize(number)),
        Text.Select(text => JsonSerializer.Serialize(text)));

    private static Gen<string> Name => Gen.OneOf<string>(
        Gen.OneOf([.. JobAttributes.All.Select(attribute => attribute.Name), "tag", "ids", "options", "pretty", "status", "submit", "query", "get", "kill", "ls", "modify", "config", "sync"]),
        Text);

    /// <summary>A value of JSON.</summary>
    public static JsonElement Json(string text) => JsonElement.Parse(text);

    /// <summary>The bytes of a line, as they come from a socket.</summary>
    public static ReadOnlySequence<byte> Line(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A job, read from its JSON.</summary>
    public static Job Job(string json) =>
        JobAttributes.TryRead(Json(json), out var job, out var problem) ? job : throw new InvalidOperationException($"No job: {problem}");

    /// <summary>A job that has these attributes and an id and a pool.</summary>
    public static Job JobWith(string attributes) => Job($$"""{"id":"a","pool":"p1","args":["/bin/true"],{{attributes}}}""");

    /// <summary>A job as it travels.</summary>
    public static JsonElement Written(Job job) => JsonSerializer.SerializeToElement(job, WireContext.Default.Job);

    /// <summary>True when two values of JSON are the same, whatever the order of their names.</summary>
    public static bool Same(JsonElement one, JsonElement other) => JsonElement.DeepEquals(one, other);

    private static Gen<string> List(Gen<string> inner) => inner.Array[0, 3].Select(items => $"[{string.Join(',', items)}]");

    private static Gen<string> Object(Gen<string> inner) => Gen.Select(Name, inner).Array[0, 4]
        .Select(pairs => $"{{{string.Join(',', pairs.Select(pair => $"{JsonSerializer.Serialize(pair.Item1)}:{pair.Item2}"))}}}");
}
