using System.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>A pattern for file names, as in the shell (docs/SPECIFICATION.md#globs).</summary>
/// <remarks>
/// Syntax: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>, and <c>\</c> before a literal character. It never matches a name that begins
/// with a dot.
/// </remarks>
public sealed class Glob
{
    private readonly GlobPart[] _parts;

    // Most patterns, such as *.dat, compare only the end of the name.
    private readonly string? _end;

    private Glob(string pattern, GlobPart[] parts)
    {
        Pattern = pattern;
        _parts = parts;
        _end = parts is [{ IsStar: true }, .. var rest] && rest.All(part => part.Only is not null)
            ? string.Concat(rest.Select(part => part.Only))
            : null;
    }

    /// <summary>The pattern as it was written.</summary>
    public string Pattern { get; }

    /// <summary>Parses a pattern. Every text is valid: a bracket that is not closed is a literal.</summary>
    public static Glob Parse(string pattern)
    {
        var runes = pattern.EnumerateRunes().ToArray();
        var parts = new List<GlobPart>();
        for (var i = 0; i < runes.Length;)
            parts.Add(GlobPart.Read(runes, ref i));
        return new Glob(pattern, [.. parts]);
    }

    /// <summary>Whether the pattern matches the whole name.</summary>
    public bool Matches(string name)
    {
        if (name.StartsWith('.'))
            return false;
        if (_end is not null)
            return name.EndsWith(_end, StringComparison.Ordinal);

        // Backtracking needs only the last star, and the position in the name at which it was met.
        var (part, at, star, mark) = (0, 0, -1, 0);
        while (at < name.Length)
        {
            if (part < _parts.Length && _parts[part].IsStar)
            {
                (star, mark) = (part++, at);
                continue;
            }

            Rune.DecodeFromUtf16(name.AsSpan(at), out var rune, out var length);
            if (part < _parts.Length && _parts[part].Matches(rune))
            {
                part++;
                at += length;
            }
            else if (star >= 0)
            {
                Rune.DecodeFromUtf16(name.AsSpan(mark), out _, out var skipped);
                mark += skipped;
                (part, at) = (star + 1, mark);
            }
            else
            {
                return false;
            }
        }

        return _parts.AsSpan(part).IndexOfAnyExcept(GlobPart.Star) < 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Pattern;
}
