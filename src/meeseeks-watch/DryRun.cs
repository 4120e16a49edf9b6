using MeeseeksBox.Watch.Jobs;
using MeeseeksBox.Watch.Names;
using MeeseeksBox.Watch.Rules;
using MeeseeksBox.Watch.Settings;
using MeeseeksBox.Watcher.Configuration;
using MeeseeksBox.Watcher.Folders;
using MeeseeksBox.Watcher.Jobs;

namespace MeeseeksBox.Watcher;

/// <summary>Tells what would be submitted now, and why each other file would not (<c>dry_run</c>). It asks no box, so that jobs under way are not known to it.</summary>
/// <param name="config">The configuration.</param>
/// <param name="time">The clock.</param>
internal sealed class DryRun(WatcherConfig config, TimeProvider time)
{
    /// <summary>What is to be told, a line each.</summary>
    public IEnumerable<string> Lines() => config.Watches.SelectMany(watch => watch.IsStanding ? OfStanding(watch) : OfFiles(watch));

    private IEnumerable<string> OfStanding(WatchSettings watch) =>
        Standing.All(watch).Select(work => $"{watch.Name}: job {work.Index}: is to be kept running: {Describe(watch, work)}");

    private IEnumerable<string> OfFiles(WatchSettings watch)
    {
        var listing = new Listing(watch, new Writers(watch.Path!, time));
        if (TryRead(listing) is { } problem)
            return [$"{watch.Name}: the folder {watch.Path} cannot be read: {problem}"];
        var plan = Planning.Of(watch, listing.Snapshot(), new HashSet<WorkKey>(), FileTime.Of(time.GetUtcNow()), isExplained: true);
        var due = plan.Due.ToDictionary(work => work.Key);
        return plan.Verdicts!.Select(verdict => Line(watch, verdict, due));
    }

    private static string? TryRead(Listing listing)
    {
        try
        {
            listing.Read();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }

    private string Line(WatchSettings watch, Verdict verdict, Dictionary<WorkKey, Work> due)
    {
        var job = verdict.Index is { } index ? $": job {index}" : "";
        var what = verdict.IsDue
            ? $"would be submitted, because {verdict.Reason}: {Describe(watch, due[new WorkKey(verdict.Index!.Value, verdict.FileName)])}"
            : $"nothing: {verdict.Reason}";
        return $"{watch.Name}: {verdict.FileName}{job}: {what}";
    }

    private string Describe(WatchSettings watch, Work work)
    {
        if (OrderMaker.Make(config.Name, watch, work, out var problem) is not { } order)
            return $"and cannot be: {problem}";
        var spec = order.Spec();
        var words = spec["args"] is System.Text.Json.Nodes.JsonArray args ? string.Join(' ', args.Select(word => word?.ToString())) : "";
        return $"{order.Id} in pool {spec["pool"]}: {words}";
    }
}
