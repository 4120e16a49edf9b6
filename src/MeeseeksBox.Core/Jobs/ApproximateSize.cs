using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>How much room a job takes, on the wire or in memory.</summary>
internal static class ApproximateSize
{
    // All of it but its output, about.
    private const int Bare = 1024;

    /// <summary>In bytes, about.</summary>
    public static long Of(Job job) => Bare + (job.StdoutData?.Length ?? 0) + (job.StderrData?.Length ?? 0);
}
