using System.Globalization;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>Renders the screen from the model and the choices.</summary>
/// <param name="peer">The name of the box, such as <c>localhost:13700</c>.</param>
/// <param name="width">The columns of the screen.</param>
/// <param name="height">The lines of the screen.</param>
/// <param name="hasColor">Whether to use colours.</param>
internal sealed class TopPage(string peer, int width, int height, bool hasColor)
{
    // Title and counts at the top, the selected job and the keys at the bottom. Each table has a blank line and a heading.
    private const int Frame = 4;
    private const int TableFrame = 2;
    private const int LeastJobs = 5;

    // A lower window has room for the tables only.
    private const int LeastHeightForOutput = 20;
    private const int LeastOutput = 3;
    private const int MostOutput = 12;

    /// <summary>The lines of the screen.</summary>
    /// <param name="model">The state of the cluster.</param>
    /// <param name="list">The shown jobs.</param>
    /// <param name="pools">The rows of the node table.</param>
    /// <param name="choices">The choices of the user.</param>
    /// <param name="now">The current local time.</param>
    public IReadOnlyList<string> Lines(TopModel model, TopList list, PoolList pools, TopChoices choices, DateTimeOffset now)
    {
        var detail = Detail(model, choices);
        var printed = detail.Length is 0 || model.Output.Id != choices.Selected ? [] : model.Output.Last(OutputRows);
        var seconds = (now - DateTimeOffset.UnixEpoch).TotalSeconds;
        List<string> lines = [Title(model, now), Counts(model, list, choices)];
        var table = new TopPoolTable(pools.Rows, width, hasColor);
        var room = height - Frame - printed.Count;
        if (choices.Part is TopPart.Nodes)
        {
            var firstNode = Math.Min(choices.FirstNode, Math.Max(0, pools.Rows.Count - 1));
            lines.AddRange(["", table.Heading(), .. table.Rows(firstNode, room - TableFrame)]);
        }
        else
        {
            var most = Math.Min(pools.Rows.Count, Math.Max(3, room / 3));
            if (choices.Part is TopPart.Both && room - TableFrame - most >= TableFrame + LeastJobs)
            {
                lines.AddRange(["", table.Heading(), .. table.Rows(0, most)]);
                room -= TableFrame + most;
            }

            var rows = JobRows(room);
            var first = Math.Clamp(choices.Index - (rows / 2), 0, Math.Max(0, list.Jobs.Count - rows));
            var jobs = new TopJobTable([.. list.Jobs.Skip(first).Take(rows)], width, hasColor);
            lines.AddRange(["", jobs.Heading(), .. jobs.Rows(choices.Selected, seconds)]);
        }

        // A small window cuts the tables, but keeps the two bottom lines.
        var body = Math.Max(0, height - TableFrame - printed.Count);
        lines = [.. lines.Take(body)];
        lines.AddRange(Enumerable.Repeat("", body - lines.Count));
        return [.. lines, detail, .. printed.Select(line => Line().Add(line.Text, line.Style).ToString()), Bottom(model, choices)];
    }

    /// <summary>The number of rows that PgUp and PgDn move.</summary>
    public int PageSize => Math.Max(1, height / 2);

    private int OutputRows => height < LeastHeightForOutput ? 0 : Math.Clamp(height / 6, LeastOutput, MostOutput);

    private static int JobRows(int room) => Math.Max(0, room - TableFrame);

    private string Title(TopModel model, DateTimeOffset now)
    {
        var line = Line().Add("meeseeks top", Style.Bold).Add($"  {peer}  ");
        line = model.Lost is null
            ? line.Add($"{model.Nodes.Values.Count(node => node.Online)} of {model.Nodes.Count} nodes online")
            : line.Add("disconnected, trying again", Style.Red);
        return line.Right(now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), Style.Dim).ToString();
    }

    private string Counts(TopModel model, TopList list, TopChoices choices)
    {
        var line = Line().Add(model.Jobs.Count is 1 ? "1 job" : $"{model.Jobs.Count} jobs");
        foreach (var state in Enum.GetValues<JobState>())
        {
            line = line.Add(state is JobState.New ? ": " : ", ")
                .Add($"{model.Count(state)} {JobStates.Word(state)}", model.Count(state) > 0 ? Style.Of(state) : Style.Dim);
        }

        var order = choices.Order switch
        {
            TopOrder.State => "by state",
            TopOrder.Newest => "newest",
            TopOrder.Node => "by node",
            _ => throw new InvalidOperationException($"There is no order {choices.Order}."),
        };
        var shown = list.Jobs.Count == model.Jobs.Count ? "" : $"{list.Jobs.Count} {(choices.ShowsEnded ? "shown" : "live")}, ";
        line = line.Add("  ");
        return (TextWidth.Of(shown + order) <= line.Room ? line.Right(shown + order) : line).ToString();
    }

    private string Detail(TopModel model, TopChoices choices)
    {
        if (model.Lost is { } why)
            return Line().Add(SingleLine.Of(why), Style.Red).ToString();

        if (choices.Part is TopPart.Nodes || choices.Selected is null || !model.Jobs.TryGetValue(choices.Selected, out var job))
            return "";

        var line = Line().Add(job.Shown.Id, Style.Bold).Add($"  {Where(job)}  ")
            .Add(job.Shown.Tags is "[]" ? "" : $"{job.Shown.Tags}  ", Style.Dim);
        return (job.Error is null ? line.Add(job.Shown.Args) : line.Add(job.Error, Style.Red)).ToString();
    }

    private string Bottom(TopModel model, TopChoices choices)
    {
        if (choices.PendingKillId is not null)
        {
            const string Keys = "? y: yes, any other key: no";
            var question = $"kill {SingleLine.Of(choices.PendingKillId)}";
            var where = model.Jobs.TryGetValue(choices.PendingKillId, out var job) ? $" ({Where(job)})" : "";
            var fits = TextWidth.Of(question + where) + Keys.Length <= width;
            var text = TextWidth.Fit(fits ? question + where : question, Math.Max(width - Keys.Length, 0));
            return Line().Add(text, Style.Bold).Add(Keys).ToString();
        }

        if (choices.FilterBefore is not null)
        {
            return Line().Add("/", Style.Bold).Add(choices.Filter).Add("█")
                .Add("  Enter applies, Esc cancels; words, or pool=p1 state=new,running", Style.Dim).ToString();
        }

        var line = Line();
        if (choices.Message is not null)
            return line.Add(choices.Message, Style.Bold).ToString();

        if (choices.Filter.Length > 0)
            line = line.Add($"/{choices.Filter}", Style.Yellow).Add("  ");

        foreach (var (key, meaning) in TopKeys.Help)
            line = line.Add(key, Style.Bold).Add($" {meaning}  ", Style.Dim);

        return line.ToString();
    }

    private static string Where(TopJob job)
    {
        var node = job.Shown.Node is { } name ? $"@{SingleLine.Of(name)}" : "";
        return $"{JobStates.Word(job.Shown.State)}, {SingleLine.Of(job.Shown.Pool)}{node}";
    }

    private StyledLine Line() => new(width, hasColor);
}
