using System.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>A part of a pattern: a star, or a set of characters.</summary>
internal sealed class GlobPart
{
    private readonly (Rune From, Rune To)[] _ranges;
    private readonly Func<Rune, bool>[] _classes;
    private readonly bool _isNegated;

    private GlobPart((Rune From, Rune To)[] ranges, Func<Rune, bool>[] classes, bool isNegated)
    {
        (_ranges, _classes, _isNegated) = (ranges, classes, isNegated);
    }

    /// <summary>Any characters, or none.</summary>
    public static GlobPart Star { get; } = new([], [], isNegated: true) { IsStar = true };

    /// <summary>Whether it is a star.</summary>
    public bool IsStar { get; private init; }

    /// <summary>The character, if the part matches exactly one; else null.</summary>
    public Rune? Only { get; private init; }

    private static GlobPart Any { get; } = new([], [], isNegated: true);

    /// <summary>Parses the part at a position, and moves the position behind it.</summary>
    /// <param name="pattern">The pattern of a name.</param>
    /// <param name="at">The position.</param>
    /// <param name="faults">Receives what can never match.</param>
    public static GlobPart Read(ReadOnlySpan<Rune> pattern, ref int at, List<string> faults)
    {
        var rune = pattern[at++];
        switch (rune.Value)
        {
            case '*':
                return Star;
            case '?':
                return Any;
            case '[' when ReadSet(pattern, ref at, faults) is { } set:
                return set;
            case '\\' when at < pattern.Length:
                return Literal(pattern[at++]);
            default:
                return Literal(rune);
        }
    }

    /// <summary>Whether the part matches a character.</summary>
    public bool Matches(Rune rune)
    {
        foreach (var (from, to) in _ranges)
        {
            if (from <= rune && rune <= to)
                return !_isNegated;
        }

        foreach (var isMember in _classes)
        {
            if (isMember(rune))
                return !_isNegated;
        }

        return _isNegated;
    }

    private static GlobPart Literal(Rune rune) => new([(rune, rune)], [], isNegated: false) { Only = rune };

    private static GlobPart? ReadSet(ReadOnlySpan<Rune> pattern, ref int start, List<string> faults)
    {
        var at = start;
        var isNegated = at < pattern.Length && pattern[at].Value is '!' or '^';
        at += isNegated ? 1 : 0;
        var (ranges, classes, found) = (new List<(Rune, Rune)>(), new List<Func<Rune, bool>>(), new List<string>());

        // A closing bracket in first position is a member of the set.
        for (var isFirst = true; at < pattern.Length && (isFirst || pattern[at].Value != ']'); isFirst = false)
        {
            if (CharacterClass.TryRead(pattern, ref at, out var isMember) is { } name)
            {
                classes.Add(isMember);
                if (!CharacterClass.IsKnown(name))
                    found.Add($"[:{name}:] is not a class of characters, which are {CharacterClass.Names}");
                continue;
            }

            var from = ReadMember(pattern, ref at);
            var isRange = at + 1 < pattern.Length && pattern[at].Value == '-' && pattern[at + 1].Value != ']';
            if (isRange)
                at++;
            var to = isRange ? ReadMember(pattern, ref at) : from;
            ranges.Add((from, to));
            if (from > to)
                found.Add($"the range {from}-{to} is empty; write {to}-{from}");
        }

        if (at >= pattern.Length)
            return null;
        start = at + 1;
        faults.AddRange(found);
        return new GlobPart([.. ranges], [.. classes], isNegated);
    }

    private static Rune ReadMember(ReadOnlySpan<Rune> pattern, ref int at)
    {
        at += pattern[at].Value == '\\' && at + 1 < pattern.Length ? 1 : 0;
        return pattern[at++];
    }
}
