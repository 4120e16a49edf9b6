using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.WatchAgent;

/// <summary>Lists the plan of each watch with a reason for each file (<c>dry_run</c>).</summary>
/// <remarks>It sends no request, so that jobs in flight are not known to it.</remarks>
internal sealed class DryRun(WatcherConfig config, TimeProvider time)
{
    /// <summary>Whether a folder could not be read, or a job could not be submitted.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The plan as lines of text.</summary>
    public IEnumerable<string> Lines() =>
        config.Watches.SelectMany(watch => watch.IsContinuous ? OfContinuous(watch) : OfFiles(watch));

    private IEnumerable<string> OfContinuous(WatchSettings watch) =>
        ContinuousJobs.All(watch).Select(work => $"{watch.Name}: job {work.Index}: {Describe(watch, work, "would be kept running")}");

    private IEnumerable<string> OfFiles(WatchSettings watch)
    {
        var openFiles = new OpenFileTracker(watch.Path!, WriterProbe.Of, time);
        var index = new FolderIndex(watch, openFiles, time);
        if (TryRead(index) is { } problem)
        {
            HasFailed = true;
            return [$"{watch.Name}: cannot read the folder {watch.Path}: {problem}"];
        }

        var planner = new FolderPlanner(watch, index, new CompletenessCheck(openFiles, time));
        var plan = planner.Plan(new HashSet<WorkKey>(), FileTime.Of(time.GetUtcNow()), isExplained: true);
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
        if (!decision.IsDue)
            return $"{watch.Name}: {decision.FileName}{job}: nothing: {decision.Reason}";
        var work = due[new WorkKey(decision.Index!.Value, decision.FileName)];
        return $"{watch.Name}: {decision.FileName}{job}: {Describe(watch, work, $"would be submitted, because {decision.Reason}")}";
    }

    private string Describe(WatchSettings watch, WorkItem work, string what)
    {
        var created = SubmissionFactory.Create(config.Name, watch, work);
        if (!created.IsSuccess)
        {
            HasFailed = true;
            return $"would not be submitted: {created.Problem}";
        }

        var submission = created.Value;
        var spec = submission.Spec();
        var words = spec["args"] is System.Text.Json.Nodes.JsonArray args
            ? string.Join(' ', args.Select(word => word?.ToString()))
            : "";
        return $"{what}: {submission.Id} in pool {spec["pool"]}: {words}";
    }
}
