using System.Globalization;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Status;

/// <summary>The lines of <c>stat</c> for a terminal: aligned columns, coloured states, cut to the width.</summary>
/// <param name="width">The columns of the terminal.</param>
/// <param name="hasColor">Whether to use colours.</param>
internal sealed class StatusScreen(int width, bool hasColor)
{
    private const int Indent = 2;
    private const int WidestId = 36;
    private const int WidestTags = 24;
    private const int LeastTags = 6;
    private const int LeastArgs = 16;
    private const int LeastError = 12;

    /// <summary>Writes the lines.</summary>
    public async Task WriteAsync(TextWriter output, IReadOnlyList<StatusLine> lines)
    {
        var names = Widest(lines.OfType<StatusLine.OfNode>()
            .Select(line => (line.Level * Indent) + TextWidth.Of(SingleLine.Of(line.Node))));
        var pools = Widest(lines.OfType<StatusLine.OfPool>().Select(line => (line.Level * Indent) + TextWidth.Of(PoolName(line))));
        var counts = Widest(lines.OfType<StatusLine.OfPool>().Select(line => Count(line).Length));
        var jobs = Columns([.. lines.OfType<StatusLine.OfJob>()]);
        foreach (var line in lines)
        {
            var margin = new string(' ', line.Level * Indent);
            await output.WriteLineAsync(line switch
            {
                StatusLine.OfNode node => margin + Node(node, names - margin.Length),
                StatusLine.OfPool pool => $"{margin}  {Pool(pool, pools - margin.Length, counts)}",
                StatusLine.OfJob { Job: var job } => $"{margin}    {Job(job, jobs, width - margin.Length - 4)}",
                _ => throw new InvalidOperationException($"There is no such line as {line.GetType().Name}."),
            });
        }
    }

    private static int Widest(IEnumerable<int> widths) => widths.DefaultIfEmpty().Max();

    private static string PoolName(StatusLine.OfPool line) =>
        line.Node.Length is 0 ? $"{SingleLine.Of(line.Pool)}, no node yet" : $"{SingleLine.Of(line.Pool)}@{SingleLine.Of(line.Node)}";

    private static string Count(StatusLine.OfPool line) => line.Jobs is 1 ? "1 job" : $"{line.Jobs} jobs";

    private static string Time(StatusJob job) => job.Seconds is { } seconds ? Duration.Show(seconds)
        : job is { HasEnded: true, Rc: { } rc } ? $"({rc.ToString(CultureInfo.InvariantCulture)})"
        : "";

    private static string Tags(StatusJob job) => job.Tags is "[]" ? "" : job.Tags;

    private string Node(StatusLine.OfNode node, int names)
    {
        var name = Paint(TextWidth.Pad(SingleLine.Of(node.Node), names), Style.Bold);
        return node.IsOnline
            ? $"{name}  {Paint("online ", Style.Green)}  load {StatusText.Load(node.Loadavg)}"
            : $"{name}  {Paint("offline", Style.Red)}";
    }

    private string Pool(StatusLine.OfPool pool, int pools, int counts)
    {
        var free = pool switch
        {
            { IsDraining: true } => $"  {Paint("draining", Style.Yellow)}",
            { Free: { } slots } => $"  {Paint($"{Math.Max(slots, 0)} free", slots > 0 ? Style.Green : Style.Yellow)}",
            _ => "",
        };
        return $"{Paint(TextWidth.Pad(PoolName(pool), pools), Style.Cyan)}  {Count(pool).PadLeft(counts)}{free}";
    }

    private string Job(StatusJob job, JobColumns columns, int room)
    {
        // Tags and ids are cut before args.
        var id = TextWidth.Pad(TextWidth.Fit(job.Id, columns.Id), columns.Id);
        var tags = columns.Tags > 0 ? $"  {TextWidth.Pad(TextWidth.Fit(Tags(job), columns.Tags), columns.Tags)}" : "";
        var flags = columns.Flags > 0 ? $"  {job.Flags.TrimEnd().PadRight(columns.Flags)}" : "";
        var state = TextWidth.Pad(JobStates.Word(job.State), columns.State);
        var time = columns.Time > 0 ? $"  {Time(job).PadLeft(columns.Time)}" : "";
        var before = columns.Id + tags.Length + flags.Length + 2 + columns.State + time.Length + 2;
        var args = TextWidth.Fit(job.Args, Math.Max(room - before, 0));
        var error = Error(job, room - before - TextWidth.Of(args) - 2);
        return $"{id}{Paint(tags, Style.Dim)}{flags}  {Paint(state, Style.Of(job.State))}{time}  {args}{error}".TrimEnd();
    }

    // The error takes the rest of the line after the command. The commands job and top show it in full.
    private string Error(StatusJob job, int room) =>
        job.Error is { } error && room >= LeastError ? $"  {Paint(TextWidth.Fit(error, room), Style.Dim)}" : "";

    private JobColumns Columns(StatusLine.OfJob[] lines)
    {
        var deepest = Widest(lines.Select(line => line.Level)) * Indent;
        var flags = Widest(lines.Select(line => line.Job.Flags.TrimEnd().Length));
        var state = Widest(lines.Select(line => JobStates.Word(line.Job.State).Length));
        var time = Widest(lines.Select(line => Time(line.Job).Length));
        var tags = Math.Min(Widest(lines.Select(line => TextWidth.Of(Tags(line.Job)))), WidestTags);
        var id = Math.Min(Widest(lines.Select(line => TextWidth.Of(line.Job.Id))), WidestId);

        // If the line is too wide, cut tags first, then ids.
        var excess = deepest + 4 + id + Gap(tags) + Gap(flags) + Gap(state) + Gap(time) + 2 + LeastArgs - width;
        var cutTags = tags - Math.Max(excess, 0) is var left && left >= Math.Min(tags, LeastTags) ? Math.Min(left, tags) : 0;
        excess -= Gap(tags) - Gap(cutTags);
        return new JobColumns(Math.Max(id - Math.Max(excess, 0), 8), cutTags, flags, state, time);
    }

    private static int Gap(int column) => column > 0 ? column + 2 : 0;

    private string Paint(string text, string style) => Style.Paint(text, style, hasColor);

    private sealed record JobColumns(int Id, int Tags, int Flags, int State, int Time);
}
