using System.Text.RegularExpressions;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Templates;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>The rule for the marker of a file, which exists when the file is complete (<c>marker</c>).</summary>
public sealed partial class Marker
{
    private const string NameKey = "filename";
    private const string StemKey = "stem";

    private readonly FormattedText _text;
    private readonly string? _split;
    private readonly GlobName _names;

    private Marker(string text, string? split)
    {
        (Text, _split, _text) = (text, split, FormattedText.Parse(text));
        Shape = FormattedText.Parse(Special().Replace(text, @"\$0")).Fill(new Values(_ => "*")).Value ?? "";
        _names = GlobName.Parse(Shape, []);
    }

    /// <summary>The rule as it was written.</summary>
    public string Text { get; }

    /// <summary>A pattern that all markers match.</summary>
    public string Shape { get; }

    /// <summary>Whether each file has a marker of its own, which no other file has.</summary>
    public bool IsOfOneFile => _text.Keys.Contains(NameKey);

    /// <summary>Whether the rule has characters of a pattern, which it is not.</summary>
    public bool LooksLikePattern => Text.AsSpan().ContainsAny('*', '?', '[');

    /// <summary>Why the rule cannot be used; null when it can.</summary>
    public string? Problem =>
        _text.Problem is { } malformed ? malformed
        : Text.Contains('/', StringComparison.Ordinal) ? "a marker is in the folder of its file: its name cannot contain a slash"
        : _text.Keys.FirstOrDefault(key => key is not (NameKey or StemKey) && !ValueNames.TryNumber(key, out _)) is { } unknown
            ? $"%({unknown})s: a marker can have %(filename)s, %(stem)s, the parts %(0)s, %(1)s, …, or a key of the configuration alone"
        : _split is null && _text.Keys.Any(key => ValueNames.TryNumber(key, out var part) && part > 0)
            ? "needs split, the text between the parts of names"
        : null;

    /// <summary>Parses a rule.</summary>
    /// <param name="text">The name of a marker, with the formats <c>%(filename)s</c>, <c>%(stem)s</c> and <c>%(0)s</c>.</param>
    /// <param name="split">The separator of the parts of a name; null when a name is one part.</param>
    public static Marker Parse(string text, string? split) => new(text, split);

    /// <summary>The path of the marker of a file; null when its name has too few parts.</summary>
    /// <param name="path">The path of the file in the watched folder.</param>
    public string? Of(string path)
    {
        var start = path.LastIndexOf('/') + 1;
        var name = path[start..];
        var filled = _text.Fill(new Values(key => ValueOf(key, name)));
        return filled.IsSuccess ? path[..start] + filled.Value : null;
    }

    /// <summary>Whether a file can only be a marker.</summary>
    /// <param name="path">Its path in the watched folder.</param>
    public bool Is(ReadOnlySpan<char> path)
    {
        // A star matches no hidden name, such as that of a status file.
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.StartsWith('.') == Text.StartsWith('.') && _names.Matches(name);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private string? ValueOf(string key, string name) => key switch
    {
        NameKey => name,
        StemKey => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name,
        _ => ValueNames.TryNumber(key, out var part) ? (_split is null ? [name] : name.Split(_split)).ElementAtOrDefault(part) : null,
    };

    [GeneratedRegex(@"[*?\[\]{}\\,]")]
    private static partial Regex Special();

    private sealed class Values(Func<string, string?> find) : IJobValues
    {
        public Result<string> Find(string key) => find(key) is { } value ? value : new Error("there is no such part");
    }
}
