using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Configuration;

/// <summary>A <c>key.key=value</c> word of the command line (docs/SPECIFICATION.md#word-values).</summary>
/// <remarks>
/// Dots separate the keys, so a name that contains a dot is set with an object:
/// <c>nodes={"n1.example.org":{}}</c>.
/// </remarks>
public static partial class CommandLineSetting
{
    /// <summary>
    /// Whether an argument is a setting and not a file: it has a <c>=</c>, and no slash before it. A file with a
    /// <c>=</c> in its name is given as <c>./name</c>.
    /// </summary>
    public static bool IsSetting(string argument)
    {
        var end = argument.IndexOf('=', StringComparison.Ordinal);
        return end >= 0 && !argument.AsSpan(0, end).Contains('/');
    }

    /// <summary>Parses a word into nested objects: <c>a.b=1</c> is <c>{"a": {"b": 1}}</c>.</summary>
    /// <returns>Null when the word is invalid; the diagnostics have the reason.</returns>
    public static ConfigObject? Parse(string word, ConfigDiagnostics diagnostics) => Parse(word, SourceLocation.CommandLine, diagnostics);

    /// <summary>Parses a word that stands elsewhere, such as in a variable of the environment.</summary>
    /// <param name="word">The word.</param>
    /// <param name="source">Where it stands, for messages.</param>
    /// <param name="diagnostics">Receives the reason when the word is invalid.</param>
    /// <returns>Null when the word is invalid.</returns>
    public static ConfigObject? Parse(string word, string source, ConfigDiagnostics diagnostics)
    {
        var end = word.IndexOf('=', StringComparison.Ordinal);
        var path = end < 0 ? string.Empty : word[..end];
        var keys = path.Split('.');
        if (keys.Contains(string.Empty))
        {
            diagnostics.AddProblem($"{source}: '{path}=': a key is empty; write key.key=value");
            return null;
        }

        if (keys.Length > ConfigObject.DeepestNesting)
        {
            diagnostics.AddProblem(
                $"{source}: '{keys[0]}…': nesting exceeds {ConfigObject.DeepestNesting} levels");
            return null;
        }

        var value = ParseValue(word[(end + 1)..], path, new SourceLocation(source), diagnostics);
        return value is null ? null : Nest(keys, value);
    }

    private static ConfigObject Nest(string[] keys, ConfigValue value)
    {
        foreach (var key in keys.Reverse())
            value = new ConfigObject([KeyValuePair.Create(key, value)], value.Origin);
        return (ConfigObject)value;
    }

    private static ConfigValue? ParseValue(string text, string path, SourceLocation origin, ConfigDiagnostics diagnostics) => text switch
    {
        "" => new ConfigObject(origin),
        ['{' or '[', ..] when !Version6().IsMatch(text) => ParseJson(text, path, origin, diagnostics),
        _ when text.Contains(',', StringComparison.Ordinal) => ParseList(text, origin),
        _ => ParseScalar(text, origin),
    };

    private static ConfigValue? ParseJson(string text, string path, SourceLocation origin, ConfigDiagnostics diagnostics)
    {
        var parser = new ConfigParser(origin.Source, hasLines: false, diagnostics);
        var value = parser.Parse(Encoding.UTF8.GetBytes(text), out var fault);
        if (fault is not null)
            diagnostics.AddProblem($"{origin.Source}: {path}: bad JSON, character {fault.Column}: {fault.Text}");
        return value;
    }

    // A trailing comma makes a list of one item: "glob=*.dat,".
    private static ConfigList ParseList(string text, SourceLocation origin)
    {
        var items = (text.EndsWith(',') ? text[..^1] : text).Split(',');
        return new ConfigList([.. items.Select(item => ParseScalar(item, origin))], origin);
    }

    private static ConfigScalar ParseScalar(string text, SourceLocation origin) => text switch
    {
        "true" => new ConfigScalar(JsonValueKind.True, text, origin),
        "false" => new ConfigScalar(JsonValueKind.False, text, origin),
        "null" => new ConfigScalar(JsonValueKind.Null, text, origin),
        _ when JsonNumber().IsMatch(text) => new ConfigScalar(JsonValueKind.Number, text, origin),
        _ => new ConfigScalar(JsonValueKind.String, text, origin),
    };

    // The address [::1] begins like a JSON list, and no JSON list has a colon between such characters.
    [GeneratedRegex(@"\A\[[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*(%[0-9A-Za-z]+)?\]", RegexOptions.CultureInvariant)]
    private static partial Regex Version6();

    // 007 stays text: it is not a JSON number, and a name keeps its leading zeros.
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
