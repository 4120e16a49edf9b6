using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MeeseeksBox.PowerCut.Recording;

/// <summary>Reads the log of <c>strace -f -yy -xx</c>.</summary>
internal static partial class StraceLog
{
    private const string Unfinished = " <unfinished ...>";

    /// <summary>Reads all calls, in the order in which strace has seen them.</summary>
    /// <exception cref="InvalidDataException">A line is of an unknown form.</exception>
    public static IEnumerable<SystemCall> Read(string path)
    {
        var begun = new Dictionary<int, string>();
        foreach (var line in File.ReadLines(path))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var thread = int.Parse(line.AsSpan(0, blank), CultureInfo.InvariantCulture);
            var text = line[blank..].TrimStart();
            if (IsNoCall(text))
                continue;

            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                begun[thread] = text[..^Unfinished.Length];
                yield return Parse(thread, begun[thread] + ")", isBegin: true, isEnd: false);
            }
            else if (Resumed().Match(text) is { Success: true } resumed)
            {
                _ = begun.Remove(thread, out var begin);
                yield return Parse(thread, begin + text[resumed.Length..], isBegin: false, isEnd: true);
            }
            else
            {
                yield return Parse(thread, text, isBegin: true, isEnd: true);
            }
        }
    }

    // The end of a process, a signal, and a call that has ended with its process.
    private static bool IsNoCall(string text) => text.StartsWith("+++", StringComparison.Ordinal)
        || text.StartsWith("---", StringComparison.Ordinal)
        || text.StartsWith("<... ???", StringComparison.Ordinal);

    /// <summary>The bytes of a text in quotes.</summary>
    public static byte[] Bytes(string argument)
    {
        var (from, to) = (argument.IndexOf('"', StringComparison.Ordinal) + 1, argument.LastIndexOf('"'));
        if (from is 0)
            return [];
        if (argument.EndsWith("...", StringComparison.Ordinal))
            throw new InvalidDataException($"strace has cut off an argument: {argument[..100]}");
        return Convert.FromHexString(argument[from..to].Replace("\\x", "", StringComparison.Ordinal));
    }

    /// <summary>The path in quotes.</summary>
    public static string Path(string argument) => Encoding.UTF8.GetString(Bytes(argument));

    /// <summary>What a descriptor is: a path, or a kind of socket with its ends; null for a file that has no name any more.</summary>
    public static string? Described(string argument)
    {
        var from = argument.IndexOf('<', StringComparison.Ordinal) + 1;
        if (from is 0 || argument.EndsWith("(deleted)", StringComparison.Ordinal))
            return null;

        // A device has its number in brackets of their own: 3<PATH<char 1:3>>.
        var text = argument[from..argument.LastIndexOf('>')].Split('<')[0];
        return text.StartsWith("\\x", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Convert.FromHexString(text.Replace("\\x", "", StringComparison.Ordinal)))
            : text;
    }

    private static SystemCall Parse(int thread, string text, bool isBegin, bool isEnd)
    {
        var bracket = text.IndexOf('(', StringComparison.Ordinal);
        if (bracket < 0)
            throw new InvalidDataException($"not a system call: {text}");

        var (arguments, end) = Arguments(text, bracket + 1);
        var result = Result().Match(text[end..]);
        if (isEnd && !result.Success && !text[end..].Contains("= ?", StringComparison.Ordinal))
            throw new InvalidDataException($"a system call without a result: {text}");
        return new SystemCall(
            thread,
            text[..bracket],
            arguments,
            isBegin,
            isEnd && result.Success ? long.Parse(result.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null)
        {
            ResultPath = result.Groups[2].Success ? Described(result.Groups[2].Value) : null,
        };
    }

    // Texts have only hexadecimal digits, and no brackets or commas.
    private static (List<string> Arguments, int End) Arguments(string text, int start)
    {
        var arguments = new List<string>();
        var (depth, from) = (0, start);
        for (var at = start; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '(' or '[' or '{' or '<':
                    depth++;
                    break;
                case ']' or '}':
                    depth--;
                    break;
                case '>' when text[at - 1] is not '-':
                    depth--;
                    break;
                case ')' when depth > 0:
                    depth--;
                    break;
                case ',' when depth is 0:
                    arguments.Add(text[from..at].Trim());
                    from = at + 1;
                    break;
                case ')':
                    arguments.Add(text[from..at].Trim());
                    return (arguments, at + 1);
                default:
                    break;
            }
        }

        throw new InvalidDataException($"a system call without an end: {text}");
    }

    [GeneratedRegex(@"^<\.\.\. [a-z0-9_]+ resumed>")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^\s*= (-?[0-9]+)(<.*)?")]
    private static partial Regex Result();
}
