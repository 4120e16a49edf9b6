using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Writes rows with aligned columns.</summary>
internal static class Table
{
    private const int LeastLast = 12;
    private const int LeastWidest = 8;

    /// <summary>Writes rows that have the same number of cells.</summary>
    /// <remarks>The last cell of each row is cut to the width; if it would become too short, the widest column is cut first.</remarks>
    /// <param name="output">The output.</param>
    /// <param name="rows">The rows, without control characters.</param>
    /// <param name="width">The columns of the terminal.</param>
    public static async Task WriteAsync(TextWriter output, IReadOnlyList<string[]> rows, int width)
    {
        if (rows.Count is 0)
            return;

        var widths = Enumerable.Range(0, rows[0].Length - 1)
            .Select(column => rows.Max(row => TextWidth.Of(row[column]))).ToArray();
        var excess = widths.Sum(column => column + 2) + LeastLast - width;
        var widest = Array.IndexOf(widths, widths.Max());
        widths[widest] = Math.Max(widths[widest] - Math.Max(excess, 0), LeastWidest);
        var room = Math.Max(0, width - widths.Sum(column => column + 2));
        foreach (var row in rows)
        {
            var cells = row.Take(widths.Length)
                .Select((cell, column) => TextWidth.Pad(TextWidth.Fit(cell, widths[column]), widths[column]));
            await output.WriteLineAsync($"{string.Join("  ", cells)}  {TextWidth.Fit(row[^1], room)}".TrimEnd());
        }
    }
}
