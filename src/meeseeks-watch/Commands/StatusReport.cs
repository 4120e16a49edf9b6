using System.Globalization;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.WatchAgent.Commands;

/// <summary>The status of watchers as lines for people.</summary>
/// <param name="now">The time.</param>
/// <param name="width">The columns of the terminal.</param>
/// <param name="hasColor">Whether to use colours.</param>
internal sealed class StatusReport(DateTimeOffset now, int width, bool hasColor)
{
    private const int MostTexts = 2;
    private const int LongestName = 40;
    private const string Red = "31";
    private const string Yellow = "33";
    private const string Dim = "2";
    private const string Bold = "1";

    private static readonly string[] Heads = ["WATCH", "STATE", "WAITING", "RUNNING", "DONE", "FAILED", "KILLED", "LAST FILE"];

    /// <summary>Whether nothing is held up, late or failed.</summary>
    public static bool IsWell(WatcherStatus watcher) =>
        watcher.BoxFault is null && watcher.Watches.All(watch => IsWell(watch) && watch is { Failed: 0, IsLate: not true });

    /// <summary>The lines.</summary>
    public IEnumerable<string> Lines(IReadOnlyList<WatcherStatus> all)
    {
        var rows = all.SelectMany(watcher => watcher.Watches).Select(Cells).Prepend(Heads).ToList();
        var widths = Enumerable.Range(0, Heads.Length - 1).Select(column => rows.Max(row => TextWidth.Of(row[column]))).ToArray();
        var isFirst = true;
        foreach (var watcher in all)
        {
            if (!isFirst)
                yield return "";
            isFirst = false;
            yield return Paint(SingleLine.Of($"watcher {watcher.Name}, process {watcher.Pid}"), Dim);
            if (watcher.BoxFault is { } fault)
                yield return Paint(SingleLine.Of($"the box cannot be reached: {fault}"), Red);
            yield return Paint(Row(Heads, widths), Bold);
            foreach (var watch in watcher.Watches)
            {
                yield return Paint(Row(Cells(watch), widths), StyleOf(watch));
                foreach (var line in Details(watch))
                    yield return line;
            }
        }
    }

    private static bool IsWell(WatchStatus watch) =>
        watch is { State: WatchStatus.IsRunning or WatchStatus.HasEnded, Faults.Count: 0 };

    private static string? StyleOf(WatchStatus watch) =>
        !IsWell(watch) ? Red : watch.Failed > 0 || watch.IsLate is true ? Yellow : null;

    private string[] Cells(WatchStatus watch) =>
    [
        TextWidth.Fit(SingleLine.Of(watch.Name), LongestName),
        watch.State,
        Number(watch.Waiting.Sum(group => group.Count)),
        Number(watch.Running),
        Number(watch.Done),
        Number(watch.Failed),
        Number(watch.Killed),
        watch.LastFile is { } file ? $"{SingleLine.Of(file)}, {Ago(watch.LastTs!.Value)}" : "-",
    ];

    private IEnumerable<string> Details(WatchStatus watch)
    {
        string?[] facts =
        [
            watch.Path is { } path ? $"{path}: {Number(watch.Files)} {(watch.Files == 1 ? "file" : "files")}" : "jobs kept running",
            watch.NextDueTs is { } due ? $"next due {In(due)}" : null,
            watch.NextLookTs is { } look ? $"next look {In(look)}" : null,
            watch.IsLate is true ? null : watch.LateTs is { } late ? $"late {In(late)}" : null,
        ];
        if (watch.State is not WatchStatus.HasEnded)
            yield return Detail(string.Join(", ", facts.OfType<string>()), Dim);
        foreach (var fault in watch.Faults)
            yield return Detail(fault, Red);
        if (watch.State is WatchStatus.IsSecond)
            yield return Detail("another meeseeks-watch serves this folder; this one waits for its end", Red);
        if (watch.IsLate is true)
            yield return Detail("no new file has come in time (late)", Yellow);
        foreach (var (reason, count, example) in watch.Waiting)
            yield return Detail($"{Number(count)} waiting: {reason} ({example}{(count > 1 ? ", ..." : "")})", null);
    }

    private string Detail(string text, string? style) => Paint($"  {SingleLine.Of(text)}", style);

    // Texts are left-aligned, numbers right-aligned.
    private static string Row(string[] cells, int[] widths) => string.Join("  ", cells.Select((cell, column) =>
        column >= widths.Length ? cell : column < MostTexts ? TextWidth.Pad(cell, widths[column]) : cell.PadLeft(widths[column])));

    private string Paint(string line, string? style)
    {
        var text = TextWidth.Fit(line, width).TrimEnd();
        return hasColor && style is not null && text.Length > 0 ? $"\e[{style}m{text}\e[0m" : text;
    }

    private double Now => now.ToUnixTimeMilliseconds() / 1000.0;

    private string Ago(double time) => $"{Duration.Show((long)Math.Max(Now - time, 0))} ago";

    private string In(double time) => $"in {Duration.Show((long)Math.Ceiling(Math.Max(time - Now, 0)))}";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
