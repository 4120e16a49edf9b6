using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The tags by which the watcher knows its jobs, in this life and the next.</summary>
internal static class JobTags
{
    // The result is in a status file: whoever wants the job again wants it to run again.
    private const string Recorded = "watch.recorded";

    // The watcher stopped, and took the job with it: nobody else wanted it killed.
    private const string Stopped = "watch.stopped";

    /// <summary>The tag of all jobs of a watch.</summary>
    public static string Of(string watcher, string watch) => $"watch={watcher}/{watch}";

    /// <summary>What the tags of all jobs of a watcher match.</summary>
    public static string Pattern(string watcher) => $"watch={watcher}/*";

    /// <summary>The tags of a job whose result is recorded.</summary>
    public static string[] WithRecorded(Job job) => With(job, Recorded);

    /// <summary>The tags of a job that the watcher takes with it.</summary>
    public static string[] WithStopped(Job job) => With(job, Stopped);

    /// <summary>Whether nothing more is to be learned from a job: it was recorded, or the watcher itself stopped it.</summary>
    public static bool IsConsumed(Job job) => job.Tags.Contains(Recorded) || (job.State is JobState.Killed && job.Tags.Contains(Stopped));

    private static string[] With(Job job, string tag) => job.Tags.Contains(tag) ? job.Tags : [.. job.Tags, tag];
}
