using System.Globalization;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The table of nodes and pools.</summary>
/// <param name="rows">All rows.</param>
/// <param name="width">The columns of the screen.</param>
/// <param name="hasColor">Whether to use colours.</param>
internal sealed class TopPoolTable(IReadOnlyList<PoolRow> rows, int width, bool hasColor)
{
    private const int State = 7;
    private const int Load = 6;
    private const int Count = 7;
    private const int Slots = 8;
    private const int WidestName = 24;
    private const int LeastBar = 4;
    private const int WidestBar = 40;

    private readonly int _node = Column(rows.Select(row => Name(row)), "NODE");
    private readonly int _pool = Column(rows.Select(row => SingleLine.Of(row.Pool ?? "")), "POOL");

    private int Bar => Math.Min(width - (_node + State + Load + _pool + Count + Count + Slots + (7 * 2)), WidestBar);

    /// <summary>The heading.</summary>
    public string Heading() => Line()
        .Cell("NODE", _node, Style.Bold).Cell("STATE", State, Style.Bold).Number("LOAD", Load, Style.Bold).Cell("POOL", _pool, Style.Bold)
        .Number("RUNNING", Count, Style.Bold).Number("WAITING", Count, Style.Bold).Number("SLOTS", Slots, Style.Bold).ToString();

    /// <summary>The visible rows.</summary>
    /// <param name="first">The index of the first row.</param>
    /// <param name="most">The maximum number of lines; if rows are left over, the last line counts them.</param>
    public IEnumerable<string> Rows(int first, int most)
    {
        var all = rows.Count - first <= most;
        var shown = all ? rows.Count - first : Math.Max(0, most - 1);
        for (var index = first; index < first + shown; index++)
            yield return Row(rows[index], index > first && rows[index - 1].Node == rows[index].Node);

        if (!all && most > 0)
            yield return Line().Add($"… {rows.Count - first - shown} more: n shows them", Style.Dim).ToString();
    }

    private static int Column(IEnumerable<string> texts, string heading) =>
        Math.Min(texts.Select(TextWidth.Of).Append(heading.Length).Max(), WidestName);

    private static string Name(PoolRow row) => row.Node.Length is 0 ? "-" : SingleLine.Of(row.Node);

    private string Row(PoolRow row, bool isSameNode)
    {
        var (state, style) = row.Status switch
        {
            null => ("", null),
            { Online: true } => ("online", Style.Green),
            _ => ("offline", Style.Red),
        };
        var load = row.Status is { Online: true } status ? StatusText.Load(status.Loadavg) : "";
        var line = isSameNode
            ? Line().Cell("", _node).Cell("", State).Number("", Load)
            : Line().Cell(Name(row), _node, Style.Bold).Cell(state, State, style).Number(load, Load);
        return row.Pool is null
            ? line.ToString()
            : Usage(row, line.Cell(SingleLine.Of(row.Pool), _pool, Style.Cyan)
                .Number(Text(row.Running), Count, row.Running > 0 ? Style.Green : Style.Dim)
                .Number(Text(row.Waiting), Count, row.Waiting > 0 ? Style.Yellow : Style.Dim)).ToString();
    }

    private StyledLine Usage(PoolRow row, StyledLine line)
    {
        if (row.Slots is not { } slots)
            return line;

        if (slots.Limit is not (>= 0 and var limit))
            return line.Number(slots.IsDraining ? "draining" : "no limit", Slots, slots.IsDraining ? Style.Yellow : Style.Dim);

        line = line.Number(Text(limit), Slots);
        if (Bar < LeastBar || limit is 0)
            return line;

        // One cell for each slot, or a proportional bar if there are too many slots.
        var cells = Math.Min(Bar, limit);
        var full = (int)Math.Ceiling((double)cells * Math.Min(row.Running, limit) / limit);
        return line.Add(new string('■', full), full == cells ? Style.Yellow : Style.Green).Add(new string('·', cells - full), Style.Dim);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private StyledLine Line() => new(width, hasColor);
}
