using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent;

/// <summary>Tells what would be submitted now, and why each other file would not (<c>dry_run</c>). It asks no box, so that jobs under way are not known to it.</summary>
/// <param name="config">The configuration.</param>
/// <param name="time">The clock.</param>
internal sealed class DryRun(WatcherConfig config, TimeProvider time)
{
    /// <summary>What is to be told, a line each.</summary>
    public IEnumerable<string> Lines() => config.Watches.SelectMany(watch => watch.IsContinuous ? OfContinuous(watch) : OfFiles(watch));

    private IEnumerable<string> OfContinuous(WatchSettings watch) =>
        ContinuousJobs.All(watch).Select(work => $"{watch.Name}: job {work.Index}: is to be kept running: {Describe(watch, work)}");

    private IEnumerable<string> OfFiles(WatchSettings watch)
    {
        var index = new FolderIndex(watch, new OpenFileTracker(watch.Path!, time));
        if (TryRead(index) is { } problem)
            return [$"{watch.Name}: the folder {watch.Path} cannot be read: {problem}"];
        var plan = Planner.Of(watch, index.Snapshot(), new HashSet<WorkKey>(), FileTime.Of(time.GetUtcNow()), isExplained: true);
        var due = plan.Due.ToDictionary(work => work.Key);
        return plan.Explanations!.Select(decision => Line(watch, decision, due));
    }

    private static string? TryRead(FolderIndex index)
    {
        try
        {
            index.Read();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }

    private string Line(WatchSettings watch, FileExplanation decision, Dictionary<WorkKey, WorkItem> due)
    {
        var job = decision.Index is { } index ? $": job {index}" : "";
        var what = decision.IsDue
            ? $"would be submitted, because {decision.Reason}: {Describe(watch, due[new WorkKey(decision.Index!.Value, decision.FileName)])}"
            : $"nothing: {decision.Reason}";
        return $"{watch.Name}: {decision.FileName}{job}: {what}";
    }

    private string Describe(WatchSettings watch, WorkItem work)
    {
        if (SubmissionFactory.Create(config.Name, watch, work, out var problem) is not { } submission)
            return $"and cannot be: {problem}";
        var spec = submission.Spec();
        var words = spec["args"] is System.Text.Json.Nodes.JsonArray args ? string.Join(' ', args.Select(word => word?.ToString())) : "";
        return $"{submission.Id} in pool {spec["pool"]}: {words}";
    }
}
