using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>The approximate size of a job, on the wire or in memory.</summary>
internal static class ApproximateSize
{
    // In bytes: a job without its output.
    private const int Bare = 1024;

    /// <summary>The size in bytes.</summary>
    public static long Of(Job job) => Bare + (job.Status.Stdout?.Length ?? 0) + (job.Status.Stderr?.Length ?? 0);
}
