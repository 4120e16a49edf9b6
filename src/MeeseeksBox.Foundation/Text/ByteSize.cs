using System.Globalization;

namespace MeeseeksBox.Foundation.Text;

/// <summary>Numbers of bytes as people write them: <c>100M</c>, <c>1.5 GB</c>. Each unit is 1024 times the one before.</summary>
public static class ByteSize
{
    private const double Step = 1024;

    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Reads a number with a unit or without one: B, k, M, G or T in any case, perhaps with B or iB after it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The number of bytes, rounded to a whole one.</param>
    public static bool TryParse(string? text, out long bytes)
    {
        var size = (text ?? "").AsSpan().Trim();
        var end = size.LastIndexOfAnyInRange('0', '9') + 1;
        var known = double.TryParse(size[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            & TryFactor(size[end..].TrimStart().ToString(), out var factor);
        var exact = Math.Round(number * factor);
        bytes = known && Math.Abs(exact) < long.MaxValue ? (long)exact : 0;
        return known && Math.Abs(exact) < long.MaxValue;
    }

    /// <summary>The size in the largest unit of which it is a whole number: <c>100 MB</c>.</summary>
    public static string Exact(long bytes)
    {
        var unit = 0;
        for (; bytes is not 0 && bytes % (long)Step is 0 && unit < Units.Length - 1; unit++)
            bytes /= (long)Step;

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {Units[unit]}");
    }

    /// <summary>The size in the largest unit of which it has one, rounded: <c>1.5 GB</c>.</summary>
    public static string Rounded(long bytes)
    {
        var unit = 0;
        var amount = (double)bytes;
        for (; amount >= Step && unit < Units.Length - 1; unit++)
            amount /= Step;

        return string.Create(CultureInfo.InvariantCulture, $"{(amount < 10 && unit > 0 ? $"{amount:0.#}" : $"{amount:0}")} {Units[unit]}");
    }

    private static bool TryFactor(string unit, out double factor)
    {
        var index = unit.Length is 0 ? 0
            : Array.FindIndex(Units, name => Matches(unit, name[0]));
        factor = Math.Pow(Step, index);
        return index >= 0;
    }

    // "B" is the unit of one, and what may follow any other one.
    private static bool Matches(string unit, char letter) =>
        char.ToUpperInvariant(unit[0]) == char.ToUpperInvariant(letter)
        && (unit.Length is 1 || (letter is not 'B' && unit[1..].ToUpperInvariant() is "B" or "IB"));
}
