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
    private static readonly SourceLocation Origin = new(SourceLocation.CommandLine);

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
    public static ConfigObject? Parse(string word, ConfigDiagnostics diagnostics)
    {
        var end = word.IndexOf('=', StringComparison.Ordinal);
        var path = end < 0 ? string.Empty : word[..end];
        var keys = path.Split('.');
        if (keys.Contains(string.Empty))
        {
            diagnostics.AddProblem($"{SourceLocation.CommandLine}: '{path}=': a key is empty; write key.key=value");
            return null;
        }

        if (keys.Length > ConfigObject.DeepestNesting)
        {
            diagnostics.AddProblem(
                $"{SourceLocation.CommandLine}: '{keys[0]}…': nesting exceeds {ConfigObject.DeepestNesting} levels");
            return null;
        }

        var value = ParseValue(word[(end + 1)..], path, diagnostics);
        return value is null ? null : Nest(keys, value);
    }

    private static ConfigObject Nest(string[] keys, ConfigValue value)
    {
        foreach (var key in keys.Reverse())
            value = new ConfigObject([KeyValuePair.Create(key, value)], Origin);
        return (ConfigObject)value;
    }

    private static ConfigValue? ParseValue(string text, string path, ConfigDiagnostics diagnostics) => text switch
    {
        "" => new ConfigObject(Origin),
        _ when Version6().IsMatch(text) => text.Contains(',', StringComparison.Ordinal) ? ParseList(text) : ParseScalar(text),
        ['{' or '[', ..] => ParseJson(text, path, diagnostics),
        _ when text.Contains(',', StringComparison.Ordinal) => ParseList(text),
        _ => ParseScalar(text),
    };

    private static ConfigValue? ParseJson(string text, string path, ConfigDiagnostics diagnostics)
    {
        var parser = new ConfigParser(SourceLocation.CommandLine, hasLines: false, diagnostics);
        var value = parser.Parse(Encoding.UTF8.GetBytes(text), out var fault);
        if (fault is not null)
            diagnostics.AddProblem($"{SourceLocation.CommandLine}: {path}: bad JSON, character {fault.Column}: {fault.Text}");
        return value;
    }

    // A trailing comma makes a list of one item: "glob=*.dat,".
    private static ConfigList ParseList(string text)
    {
        var items = (text.EndsWith(',') ? text[..^1] : text).Split(',');
        return new ConfigList([.. items.Select(ParseScalar)], Origin);
    }

    private static ConfigScalar ParseScalar(string text) => text switch
    {
        "true" => new ConfigScalar(JsonValueKind.True, text, Origin),
        "false" => new ConfigScalar(JsonValueKind.False, text, Origin),
        "null" => new ConfigScalar(JsonValueKind.Null, text, Origin),
        _ when JsonNumber().IsMatch(text) => new ConfigScalar(JsonValueKind.Number, text, Origin),
        _ => new ConfigScalar(JsonValueKind.String, text, Origin),
    };

    // The address [::1] begins like a JSON list, and no JSON list has a colon between such characters.
    [GeneratedRegex(@"\A\[[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*(%[0-9A-Za-z]+)?\]", RegexOptions.CultureInvariant)]
    private static partial Regex Version6();

    // 007 stays text: it is not a JSON number, and a name keeps its leading zeros.
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
