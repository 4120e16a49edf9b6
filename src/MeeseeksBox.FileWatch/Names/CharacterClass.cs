using System.Text;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>The classes of characters of POSIX, such as <c>[:digit:]</c>. Letters are those of Unicode, digits those of ASCII.</summary>
internal static class CharacterClass
{
    private const int LongestName = 20;

    private static readonly Dictionary<string, Func<Rune, bool>> Known = new(StringComparer.Ordinal)
    {
        ["alnum"] = rune => Rune.IsLetter(rune) || IsDigit(rune),
        ["alpha"] = Rune.IsLetter,
        ["blank"] = rune => rune.Value is ' ' or '\t',
        ["cntrl"] = Rune.IsControl,
        ["digit"] = IsDigit,
        ["graph"] = rune => !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune),
        ["lower"] = Rune.IsLower,
        ["print"] = rune => !Rune.IsControl(rune) && (rune.Value is ' ' || !Rune.IsWhiteSpace(rune)),
        ["punct"] = rune => Rune.IsPunctuation(rune) || Rune.IsSymbol(rune),
        ["space"] = Rune.IsWhiteSpace,
        ["upper"] = Rune.IsUpper,
        ["xdigit"] = rune => rune.IsAscii && char.IsAsciiHexDigit((char)rune.Value),
    };

    /// <summary>The names of all classes.</summary>
    public static string Names => string.Join(' ', Known.Keys);

    /// <summary>Whether there is a class.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(name);

    /// <summary>Reads the class at a position in a set, and moves the position behind it.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="at">The position.</param>
    /// <param name="isMember">Whether a character belongs to it. An unknown class has none.</param>
    /// <returns>Its name; null when there is none at the position.</returns>
    public static string? TryRead(ReadOnlySpan<Rune> pattern, ref int at, out Func<Rune, bool> isMember)
    {
        isMember = _ => false;
        if (at + 1 >= pattern.Length || pattern[at].Value != '[' || pattern[at + 1].Value != ':')
            return null;
        var name = new StringBuilder();
        for (var end = at + 2; end + 1 < pattern.Length && name.Length <= LongestName; end++)
        {
            if (pattern[end].Value == ':' && pattern[end + 1].Value == ']')
            {
                at = end + 2;
                var found = name.ToString();
                isMember = Known.GetValueOrDefault(found, isMember);
                return found;
            }

            _ = name.Append(pattern[end]);
        }

        return null;
    }

    private static bool IsDigit(Rune rune) => rune.Value is >= '0' and <= '9';
}
