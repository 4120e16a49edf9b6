using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The tags by which the watcher finds its jobs, also after a restart.</summary>
internal static class JobTags
{
    // The result is in a status file. A new submit of the same work starts a new attempt.
    private const string Recorded = "watch.recorded";

    // A watcher killed the job when it stopped, so that the end is not a result.
    private const string Stopped = "watch.stopped";

    private const string Work = "watch.work=";
    private const string Watch = "watch=";

    /// <summary>The tag of a job whose id does not tell which work it is for.</summary>
    /// <param name="work">The work item.</param>
    /// <param name="folder">The folder of its file; null where it is not known which one is at the path.</param>
    public static string OfWork(WorkItem work, string? folder) => Work + WorkId.KeyOf(work, folder);

    /// <summary>Whether a job is for other work: that of another watch, or of a person.</summary>
    /// <remarks>The name of the watcher does not count: one with another name goes on with the jobs.</remarks>
    /// <param name="job">The job.</param>
    /// <param name="workTag">The tag of the work; null when the id tells.</param>
    /// <param name="watches">The present and former names of the watch.</param>
    public static bool IsOfOther(Job job, string? workTag, IEnumerable<string> watches) =>
        workTag is not null
        && ((HasKey(job, Work) && !job.Spec.Tags.Contains(workTag))
            || !job.Spec.Tags.Any(tag => tag.StartsWith(Watch, StringComparison.Ordinal)
                && watches.Any(watch => tag.EndsWith($"/{watch}", StringComparison.Ordinal))));

    /// <summary>Whether a job has the tag of a watch of a watcher.</summary>
    public static bool IsOfWatcher(Job job, string watcher) =>
        job.Spec.Tags.Any(tag => tag.StartsWith($"{Watch}{watcher}/", StringComparison.Ordinal));

    /// <summary>The tag of all jobs of a watch.</summary>
    public static string Of(string watcher, string watch) => $"{Watch}{watcher}/{watch}";

    /// <summary>The pattern of the tags of all watches of a watcher.</summary>
    public static string Pattern(string watcher) => $"{Watch}{watcher}/*";

    /// <summary>The tags of a job whose result is recorded.</summary>
    public static string[] WithRecorded(Job job) => With(job, Recorded);

    /// <summary>The tags of a job that the watcher stops.</summary>
    public static string[] WithStopped(Job job) => With(job, Stopped);

    /// <summary>Whether a job has no further result: it was recorded, or a watcher stopped it.</summary>
    public static bool IsConsumed(Job job) => job.Spec.Tags.Contains(Recorded) || IsStopped(job);

    /// <summary>Whether a watcher, this or another one, stopped a job, so that its end is not a result.</summary>
    public static bool IsStopped(Job job) => job.Status.State is JobState.Killed && job.Spec.Tags.Contains(Stopped);

    // Jobs of version 0.1.0 have no tag of their work.
    private static bool HasKey(Job job, string key) => job.Spec.Tags.Any(tag => tag.StartsWith(key, StringComparison.Ordinal));

    private static string[] With(Job job, string tag) => job.Spec.Tags.Contains(tag) ? job.Spec.Tags : [.. job.Spec.Tags, tag];
}
