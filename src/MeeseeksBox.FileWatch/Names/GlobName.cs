using System.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>The pattern of one name in a path.</summary>
internal sealed class GlobName
{
    private readonly GlobPart[] _parts;
    private readonly string _begin;

    // Most patterns, such as *.dat, compare only the end of the name.
    private readonly bool _isEnd;

    private GlobName(GlobPart[] parts)
    {
        _parts = parts;
        _begin = TextOf(parts.TakeWhile(part => part.Only is not null));
        var literals = parts.Reverse().TakeWhile(part => part.Only is not null).Reverse().ToArray();
        End = TextOf(literals);
        IsLiteral = literals.Length == parts.Length;
        _isEnd = parts is [{ IsStar: true }, ..] && literals.Length == parts.Length - 1;
    }

    /// <summary>The pattern <c>*</c>.</summary>
    public static GlobName All { get; } = new([GlobPart.Star]);

    /// <summary>The pattern <c>**</c>, which stands for any number of folders.</summary>
    public static GlobName Folders { get; } = new([GlobPart.Star]);

    /// <summary>The literal characters at its end.</summary>
    public string End { get; }

    /// <summary>Whether it matches <see cref="End"/> only.</summary>
    public bool IsLiteral { get; }

    /// <summary>Parses the pattern of a name.</summary>
    /// <param name="pattern">A text without a slash.</param>
    /// <param name="faults">Receives what can never match.</param>
    public static GlobName Parse(string pattern, List<string> faults)
    {
        var runes = pattern.EnumerateRunes().ToArray();
        var parts = new List<GlobPart>();
        for (var i = 0; i < runes.Length;)
            parts.Add(GlobPart.Read(runes, ref i, faults));
        return new GlobName([.. parts]);
    }

    /// <summary>Whether it matches all names that another one matches; false where that is not plain.</summary>
    public bool Covers(GlobName other) =>
        _isEnd ? other.End.EndsWith(End, StringComparison.Ordinal) : other.IsLiteral && Matches(other.End);

    /// <summary>Whether it matches a whole name.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        if (_isEnd)
            return name.EndsWith(End, StringComparison.Ordinal);
        if (IsLiteral)
            return name.SequenceEqual(End);

        // Of many alternatives in braces, most end here.
        if (!name.StartsWith(_begin, StringComparison.Ordinal) || !name.EndsWith(End, StringComparison.Ordinal))
            return false;

        // Backtracking needs only the last star, and the position in the name at which it was met.
        var (part, at, star, mark) = (0, 0, -1, 0);
        while (at < name.Length)
        {
            if (part < _parts.Length && _parts[part].IsStar)
            {
                (star, mark) = (part++, at);
                continue;
            }

            _ = Rune.DecodeFromUtf16(name[at..], out var rune, out var length);
            if (part < _parts.Length && _parts[part].Matches(rune))
            {
                part++;
                at += length;
            }
            else if (star >= 0)
            {
                _ = Rune.DecodeFromUtf16(name[mark..], out _, out var skipped);
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

    private static string TextOf(IEnumerable<GlobPart> literals) => string.Concat(literals.Select(part => part.Only));
}
