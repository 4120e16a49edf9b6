using System.Globalization;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>The tags by which the watcher finds its jobs, also after a restart.</summary>
internal static class JobTags
{
    // The result is in a status file. A new submit of the same work starts a new attempt.
    private const string Recorded = "watch.recorded";

    // A watcher killed the job when it stopped, so that the end is not a result.
    private const string Stopped = "watch.stopped";

    private const string Folder = "watch.folder=";

    /// <summary>The tag of the jobs for files of a folder: its time of birth; null when the file system does not know that.</summary>
    /// <remarks>Numbers of devices change at a restart of the host, and numbers of folders on some network file systems.</remarks>
    public static string? OfFolder(FileId folder) =>
        folder.BirthTime is 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Folder}{folder.BirthTime:x}");

    /// <summary>Whether a job is for a file of another folder than that of a tag. What is not known is the same one.</summary>
    public static bool IsOfOther(Job job, string? folderTag) =>
        folderTag is not null && !job.Spec.Tags.Contains(folderTag)
        && job.Spec.Tags.Any(tag => tag.StartsWith(Folder, StringComparison.Ordinal));

    /// <summary>The tag of all jobs of a watch.</summary>
    public static string Of(string watcher, string watch) => $"watch={watcher}/{watch}";

    /// <summary>The pattern of the tags of all watches of a watcher.</summary>
    public static string Pattern(string watcher) => $"watch={watcher}/*";

    /// <summary>The tags of a job whose result is recorded.</summary>
    public static string[] WithRecorded(Job job) => With(job, Recorded);

    /// <summary>The tags of a job that the watcher stops.</summary>
    public static string[] WithStopped(Job job) => With(job, Stopped);

    /// <summary>Whether a job has no further result: it was recorded, or a watcher stopped it.</summary>
    public static bool IsConsumed(Job job) => job.Spec.Tags.Contains(Recorded) || IsStopped(job);

    /// <summary>Whether a watcher, this or another one, stopped a job, so that its end is not a result.</summary>
    public static bool IsStopped(Job job) => job.Status.State is JobState.Killed && job.Spec.Tags.Contains(Stopped);

    private static string[] With(Job job, string tag) => job.Spec.Tags.Contains(tag) ? job.Spec.Tags : [.. job.Spec.Tags, tag];
}
