using System.Globalization;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The visible part of the table of jobs.</summary>
internal sealed class TopJobTable
{
    private const int WidestId = 36;
    private const int LeastId = 8;

    // The part of a version 7 UUID with the time in milliseconds.
    private const int EnoughId = 14;
    private const int WidestName = 16;
    private const int WidestTags = 24;
    private const int State = 7;
    private const int Rc = 4;
    private const int Time = 6;
    private const int EnoughArgs = 20;

    private readonly IReadOnlyList<TopJob> _jobs;
    private readonly int _width;
    private readonly bool _hasColor;
    private readonly int _id;
    private readonly int _tags;
    private readonly int _node;
    private readonly int _pool;
    private readonly int _flags;

    /// <summary>Computes the widths of the columns.</summary>
    /// <param name="jobs">The visible jobs.</param>
    /// <param name="width">The columns of the screen.</param>
    /// <param name="hasColor">Whether to use colours.</param>
    public TopJobTable(IReadOnlyList<TopJob> jobs, int width, bool hasColor)
    {
        (_jobs, _width, _hasColor) = (jobs, width, hasColor);
        _node = Math.Min(Math.Max(Widest(Node), "NODE".Length), WidestName);
        _pool = Math.Min(Math.Max(Widest(Pool), "POOL".Length), WidestName);
        var flags = Widest(Flags) is > 0 and var widest ? Math.Max(widest, "FLAGS".Length) : 0;
        var id = Math.Min(Math.Max(Widest(job => job.Shown.Id), LeastId), WidestId);
        var args = Math.Clamp(Widest(job => job.Shown.Args), "COMMAND".Length, EnoughArgs);

        // If the table is too wide, cut tags first, then the ends of ids.
        var room = width - (Gap(_node) + Gap(_pool) + Gap(State) + Gap(Rc) + Gap(Time) + args);
        _flags = room >= Gap(Math.Min(id, EnoughId)) + Gap(flags) ? flags : 0;
        var tags = Widest(Tags) is > 0 and var longest ? Math.Clamp(longest, "TAGS".Length, WidestTags) : 0;
        var left = room - Gap(id) - Gap(_flags) - 2;
        _tags = left >= "TAGS".Length ? Math.Min(tags, left) : 0;
        _id = Math.Clamp(room - Gap(_flags) - Gap(_tags) - 2, LeastId, id);
    }

    /// <summary>The heading.</summary>
    public string Heading() => Line(false)
        .Cell("ID", _id, Style.Bold).Cell("TAGS", _tags, Style.Bold).Cell("NODE", _node, Style.Bold).Cell("POOL", _pool, Style.Bold)
        .Cell("FLAGS", _flags, Style.Bold).Cell("STATE", State, Style.Bold).Number("RC", Rc, Style.Bold).Number("TIME", Time, Style.Bold)
        .Add("COMMAND", Style.Bold).ToString();

    /// <summary>The rows.</summary>
    /// <param name="selected">The id of the highlighted job; null: none.</param>
    /// <param name="now">The current time, in seconds since 1970.</param>
    public IEnumerable<string> Rows(string? selected, double now)
    {
        foreach (var job in _jobs)
        {
            var style = job.Shown.HasEnded && job.Shown.State is JobState.Done ? Style.Dim : null;
            var rc = job.Shown is { HasEnded: true, Rc: { } status } ? status.ToString(CultureInfo.InvariantCulture) : "";
            yield return Line(job.Id == selected)
                .Cell(job.Shown.Id, _id, style)
                .Cell(Tags(job), _tags, Style.Dim)
                .Cell(Node(job), _node, style)
                .Cell(Pool(job), _pool, style)
                .Cell(Flags(job), _flags, style)
                .Cell(JobStates.Word(job.Shown.State), State, Style.Of(job.Shown.State))
                .Number(rc, Rc, job.Shown.Rc is 0 ? style : Style.Red)
                .Number(job.Seconds(now) is { } seconds ? Duration.Show(seconds) : "", Time, job.IsRunning ? null : Style.Dim)
                .Add(job.Shown.Args, style)
                .ToString();
        }
    }

    private static string Tags(TopJob job) => job.Shown.Tags[1..^1];

    private static string Node(TopJob job) => SingleLine.Of(job.Shown.Node ?? "-");

    private static string Pool(TopJob job) => SingleLine.Of(job.Shown.Pool);

    // Without the active flag, which the state already shows.
    private static string Flags(TopJob job) => job.Shown.Flags.Replace("A ", "", StringComparison.Ordinal).TrimEnd();

    private static int Gap(int column) => column > 0 ? column + 2 : 0;

    private int Widest(Func<TopJob, string> text) => _jobs.Select(job => TextWidth.Of(text(job))).DefaultIfEmpty().Max();

    private StyledLine Line(bool isSelected) => new(_width, _hasColor, isSelected);
}
