using System.Globalization;
using System.Text.RegularExpressions;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>A regular expression for the names of files, whose named groups are values (docs/SPECIFICATION.md#name-pattern).</summary>
/// <remarks>It matches the whole name, without the folder, in a time proportional to its length.</remarks>
public sealed class NamePattern
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private readonly Regex _whole;

    private NamePattern(string text, Regex whole)
    {
        (Text, _whole) = (text, whole);
        Groups = [.. whole.GetGroupNames().Where(name => name != "0")];
    }

    /// <summary>The expression as it was written.</summary>
    public string Text { get; }

    /// <summary>The names of its groups, in order.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>Parses an expression.</summary>
    public static Result<NamePattern> Parse(string text)
    {
        try
        {
            // The first one gives the position of an error.
            _ = new Regex(text, Options);
            return new NamePattern(text, new Regex($@"\A(?:{text})\z", Options | RegexOptions.NonBacktracking));
        }
        catch (RegexParseException problem)
        {
            var reason = problem.Message[(problem.Message.IndexOf(". ", StringComparison.Ordinal) + 1)..].Trim();
            var at = problem.Offset.ToString(CultureInfo.InvariantCulture);
            return new Error($"'{text}' is not a regular expression: after character {at}: {reason}");
        }
        catch (NotSupportedException)
        {
            return new Error($"'{text}': look-around, references to groups, conditions and atomic groups are not supported");
        }
    }

    /// <summary>Whether it matches the name of a file.</summary>
    /// <param name="path">The path of the file in the watched folder.</param>
    public bool Matches(string path) => _whole.IsMatch(NameOf(path));

    /// <summary>The value of a group; empty when the group took no part, and null when there is no such group.</summary>
    /// <param name="path">The path of the file in the watched folder.</param>
    /// <param name="group">The name of the group.</param>
    public string? ValueOf(string path, string group) => Groups.Contains(group) ? _whole.Match(NameOf(path)).Groups[group].Value : null;

    /// <summary>The folder of a file with the values of some groups; null when the name does not match.</summary>
    /// <param name="path">The path of the file in the watched folder.</param>
    /// <param name="groups">The names of the groups.</param>
    public string? KeyOf(string path, IEnumerable<string> groups)
    {
        var name = NameOf(path);
        return _whole.Match(name) is { Success: true } match
            ? path[..^name.Length] + string.Join('/', groups.Select(group => $"{group}={match.Groups[group].Value}"))
            : null;
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
