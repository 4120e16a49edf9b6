using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Protocol.Signals;

/// <summary>A signal of Linux, by its number.</summary>
/// <param name="Number">The number, from 1 to 64.</param>
public readonly record struct Signal(int Number)
{
    private const int Last = 64;
    private const string Prefix = "SIG";

    // In the order of their numbers, from 1.
    private static readonly string[] Known =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    private static readonly Dictionary<string, int> Aliases = new(StringComparer.Ordinal)
    {
        ["IOT"] = 6,
        ["CLD"] = 17,
        ["POLL"] = 29,
        ["RTMIN"] = 34,
        ["RTMAX"] = Last,
    };

    /// <summary>All signals with a name, without <c>SIG</c>.</summary>
    public static IReadOnlyList<string> Names => Known;

    /// <summary>The name with <c>SIG</c>, or <c>signal 40</c> for a signal without a name.</summary>
    public string Name => Number <= Known.Length ? Prefix + Known[Number - 1] : $"signal {Number}";

    /// <summary>Number and name for people: <c>signal 9 (SIGKILL)</c>.</summary>
    public override string ToString() => Number <= Known.Length ? $"signal {Number} ({Name})" : Name;

    /// <summary>Reads a name, with or without <c>SIG</c> and in any case, or a number.</summary>
    /// <param name="value">A text or a number.</param>
    /// <param name="problem">The error; null on success.</param>
    /// <returns>The signal; null on an error.</returns>
    public static Signal? Read(JsonElement value, out string? problem)
    {
        problem = null;
        if (LenientJson.TryInt32(value, out var number))
        {
            problem = number is >= 1 and <= Last ? null : $"{number} is not the number of a signal, which is from 1 to {Last}";
            return problem is null ? new Signal(number) : null;
        }

        if (value.ValueKind is not JsonValueKind.String)
        {
            problem = $"{LenientJson.Show(value)} is not a signal; it must be a name like \"USR1\", or a number from 1 to {Last}";
            return null;
        }

        var text = LosslessJson.Of(value).ToUpperInvariant();
        var word = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var index = Array.IndexOf(Known, word);
        if (index >= 0 || Aliases.ContainsKey(word))
            return new Signal(index >= 0 ? index + 1 : Aliases[word]);

        var near = DidYouMean.Of(word, Known);
        problem = $"{LenientJson.Show(value)} is not the name of a signal"
            + (near.Length > 0 ? near : $"; it must be a name like USR1, or a number from 1 to {Last}");
        return null;
    }
}
