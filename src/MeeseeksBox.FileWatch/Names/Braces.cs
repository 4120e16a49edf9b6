using System.Globalization;

namespace MeeseeksBox.FileWatch.Names;

/// <summary>Brace expansion, as in bash: <c>{a,b}</c>, <c>{1..9}</c>, <c>{a..e}</c>, with a step <c>{0..18..6}</c>.</summary>
/// <remarks>Braces without a comma or a sequence are literal. A backslash takes the meaning of the next character.</remarks>
internal static class Braces
{
    /// <summary>The greatest number of texts that one may stand for.</summary>
    public const int Most = 1000;

    /// <summary>The texts that a text stands for, in order; null for more than <see cref="Most"/>.</summary>
    public static List<string>? Expand(string text)
    {
        List<string> texts = [""];
        for (var at = 0; at < text.Length;)
        {
            var (open, close) = Find(text, at);
            var ends = open < 0 ? [text[at..]] : Alternatives(text[(open + 1)..close]);
            if (ends is null || texts.Count * ends.Count > Most)
                return null;

            var literal = open < 0 ? "" : text[at..open];
            texts = [.. texts.SelectMany(_ => ends, (beginning, end) => beginning + literal + end)];
            at = open < 0 ? text.Length : close + 1;
        }

        return texts;
    }

    // The first brace that is closed after a comma or a sequence of its own level; -1 for none.
    private static (int Open, int Close) Find(string text, int start)
    {
        for (var open = start; open < text.Length; open++)
        {
            if (text[open] is '\\')
                open++;
            else if (text[open] is '{' && CloseOf(text, open + 1) is var close and > 0 && !IsLiteral(text, open, start))
                return (open, close);
        }

        return (-1, -1);
    }

    // An oddity of bash.
    private static bool IsLiteral(string text, int open, int start) => open == start && text.AsSpan(open).StartsWith("{}");

    private static int CloseOf(string text, int start)
    {
        var isExpanded = false;
        foreach (var at in OwnLevel(text, start))
        {
            if (text[at] is '}' && isExpanded)
                return at;
            var rest = text.AsSpan(at);
            isExpanded |= text[at] is ',' || (rest.StartsWith("..") && !rest.StartsWith("..}"));
        }

        return -1;
    }

    // The places of the characters that are in no inner braces, and not behind a backslash.
    private static IEnumerable<int> OwnLevel(string text, int start)
    {
        var level = 0;
        for (var at = start; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\\':
                    at++;
                    break;
                case '{':
                    level++;
                    break;
                case '}' when level > 0:
                    level--;
                    break;
                default:
                    if (level is 0)
                        yield return at;
                    break;
            }
        }
    }

    private static List<string>? Alternatives(string inner)
    {
        if (!HasComma(inner))
            return Sequence(inner);
        var all = new List<string>();
        foreach (var member in Members(inner))
        {
            if (Expand(member) is not { } texts || all.Count + texts.Count > Most)
                return null;
            all.AddRange(texts);
        }

        return all;
    }

    // Also one of an inner level.
    private static bool HasComma(string inner)
    {
        for (var at = 0; at < inner.Length; at++)
        {
            if (inner[at] is ',')
                return true;
            at += inner[at] is '\\' ? 1 : 0;
        }

        return false;
    }

    private static List<string> Members(string inner)
    {
        var (members, start) = (new List<string>(), 0);
        foreach (var at in OwnLevel(inner, 0).Where(at => inner[at] is ','))
        {
            members.Add(inner[start..at]);
            start = at + 1;
        }

        members.Add(inner[start..]);
        return members;
    }

    private static List<string>? Sequence(string inner)
    {
        var ends = inner.Split("..");
        var step = 1L;
        if (ends.Length is not (2 or 3) || (ends.Length is 3 && !TryNumber(ends[2], out step)))
            return ["{" + inner + "}"];
        if (TryNumber(ends[0], out var first) && TryNumber(ends[1], out var last))
        {
            var width = ends.Take(2).Any(IsPadded) ? ends.Take(2).Max(end => end.Length) : 0;
            return Sequence(first, last, step, number => Padded(number, width));
        }

        if (ends.Take(2).All(end => end.Length is 1 && char.IsAsciiLetter(end[0])))
            return Sequence(ends[0][0], ends[1][0], step, character => Literal((char)character));
        return ["{" + inner + "}"];
    }

    private static List<string>? Sequence(long first, long last, long step, Func<long, string> text)
    {
        var width = Int128.Abs((Int128)last - first);
        var pace = step is 0 ? 1 : Int128.Abs(step);
        if (width / pace >= Most)
            return null;
        var texts = new List<string>();
        for (Int128 offset = 0; offset <= width; offset += pace)
            texts.Add(text((long)(first <= last ? first + offset : first - offset)));
        return texts;
    }

    // Between Z and a, there are characters with a meaning.
    private static string Literal(char character) => char.IsAsciiLetter(character) ? $"{character}" : $"\\{character}";

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static bool IsPadded(string number) => number.TrimStart('-', '+') is ['0', _, ..];

    private static string Padded(long number, int width)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        return number < 0 ? "-" + digits[1..].PadLeft(width - 1, '0') : digits.PadLeft(width, '0');
    }
}
