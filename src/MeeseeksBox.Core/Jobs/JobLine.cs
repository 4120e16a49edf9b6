using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>The length of a line that brings a job to a node, as against the longest one that the node accepts.</summary>
internal static class JobLine
{
    /// <summary>The least limit that leaves room for the requests of a link, in bytes.</summary>
    public const long LeastLimit = 1024;

    // In bytes: what the line has beside its jobs.
    private const int Rest = 512;

    // A character may take six bytes on the wire.
    private const int Growth = 8;

    /// <summary>How many bytes of jobs a line may have.</summary>
    /// <param name="limit">The longest line that the node accepts.</param>
    public static long RoomIn(long limit) => limit - Rest;

    /// <summary>True when a line with a job is longer than a node accepts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="limit">The longest line that the node accepts; null when it does not say.</param>
    public static bool Exceeds(Job job, long? limit) =>
        limit is { } most && ApproximateSize.Of(job) > most / Growth && LengthOf(job) > RoomIn(most);

    /// <summary>True when lines of this length may be longer than a node accepts by their approximate size.</summary>
    public static bool IsTight(long length, long? limit) => limit / Growth < length;

    /// <summary>Why a job cannot be sent to a node.</summary>
    public static string Problem(string node, Job job) =>
        $"node '{node}' accepts no line as long as job '{job.Id}' needs; raise its listen.max_request";

    /// <summary>The exact length of a job with its key, in bytes.</summary>
    public static long LengthOf(Job job) => JobAttributes.LineOf(job).Length + ((long)Growth * job.Id.Length) + Growth;
}
