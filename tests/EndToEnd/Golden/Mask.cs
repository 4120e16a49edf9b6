using System.Text.RegularExpressions;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>Replaces values that differ between runs by placeholders, equal values by equal ones.</summary>
/// <remarks>
/// Masked are times of this century, process ids, generated job ids, load averages, used resources, the version of a node, checksums, and
/// the texts that a test names.
/// Keys, their order, white space and all other values stay as they are. Scripts use small numbers for times that must stay.
/// </remarks>
internal sealed partial class Mask
{
    private readonly List<KeyValuePair<string, string>> _texts = [];
    private readonly Dictionary<string, string> _placeholders = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Replaces a text, such as the path of a folder, wherever it occurs.</summary>
    public void Add(string text, string placeholder) => _texts.Add(new(text, placeholder));

    /// <summary>The text with placeholders.</summary>
    public string Apply(string text)
    {
        foreach (var (known, placeholder) in _texts)
            text = text.Replace(known, placeholder, StringComparison.Ordinal);

        return Varying().Replace(text, match =>
        {
            var kind = match.Groups.Values.Skip(1).First(group => group.Success).Name;
            return kind switch
            {
                "loadavg" or "ver" or "instance" or "seconds" or "cpu" or "maxrss" or "bytes" or "crc" => $"<{kind}>",
                _ => Numbered(kind, match.Value),
            };
        });
    }

    private string Numbered(string kind, string value)
    {
        if (!_placeholders.TryGetValue($"{kind} {value}", out var placeholder))
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            placeholder = $"<{kind}:{_counts[kind]}>";
            _placeholders.Add($"{kind} {value}", placeholder);
        }

        return placeholder;
    }

    [GeneratedRegex(
        """
        (?<="(?:ts|submit_ts|start_ts|end_ts|restarted_at|killed_at)":\s?)(?<ts>[12]\d{9}(?:\.\d{1,7})?(?![\d.eE]))
        |(?<="changed_at":\s?\{[^}]*":\s?)(?<ts>[12]\d{9}(?:\.\d{1,7})?(?![\d.eE]))
        |(?<="pid":\s?)(?<pid>[1-9]\d*)
        |(?<="cpu":\s?)(?<cpu>\d+(?:\.\d+)?(?:[eE]-?\d+)?)
        |(?<="maxrss":\s?)(?<maxrss>\d+)
        |(?<="(?:read|write)":\s?)(?<bytes>\d+)
        |(?<="loadavg":\s?)(?<loadavg>\d+(?:\.\d+)?)
        |(?<=\tonline\t)(?<loadavg>\d+(?:\.\d+)?)
        |(?<=\t(?:new|running)\t)(?<seconds>\d+)(?=\t)
        |(?<="ver":\s?")(?<ver>[^"]+)
        |(?<=,"crc":")(?<crc>[0-9a-f]{8})
        |(?<="instance":\s?")(?<instance>[0-9a-f.]+)
        |(?<id>\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b)
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture)]
    private static partial Regex Varying();
}
