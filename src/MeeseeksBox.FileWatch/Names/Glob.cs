using System.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>
/// A pattern for names, as in the shell: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>, and <c>\</c> before a character that is meant
/// as it stands. It never matches a name that begins with a dot (docs/SPECIFICATION.md#globs).
/// </summary>
public sealed class Glob
{
    private readonly GlobPart[] _parts;

    // All that most patterns ask of a name, such as *.dat: how it ends.
    private readonly string? _end;

    private Glob(string pattern, GlobPart[] parts)
    {
        Pattern = pattern;
        _parts = parts;
        _end = parts is [{ IsStar: true }, .. var rest] && rest.All(part => part.Only is not null) ? string.Concat(rest.Select(part => part.Only)) : null;
    }

    /// <summary>The pattern as it was written.</summary>
    public string Pattern { get; }

    /// <summary>Reads a pattern. There is no wrong one: a bracket without an end stands for itself.</summary>
    public static Glob Parse(string pattern)
    {
        var runes = pattern.EnumerateRunes().ToArray();
        var parts = new List<GlobPart>();
        for (var i = 0; i < runes.Length;)
            parts.Add(GlobPart.Read(runes, ref i));
        return new Glob(pattern, [.. parts]);
    }

    /// <summary>Whether the whole name is as the pattern says.</summary>
    public bool Matches(string name)
    {
        if (name.StartsWith('.'))
            return false;
        if (_end is not null)
            return name.EndsWith(_end, StringComparison.Ordinal);

        // Where the last star stands, and how far the name was when it was met: all that ever has to be tried again.
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
