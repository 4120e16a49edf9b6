using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Runs;

/// <summary>The output of a run that its node keeps.</summary>
public sealed record KeptOutputs
{
    /// <summary>The standard output; null when empty.</summary>
    public OutputData? Stdout { get; init; }

    /// <summary>The standard error; null when empty.</summary>
    public OutputData? Stderr { get; init; }

    /// <summary>The number of bytes that were printed to the standard output, when a part of it is missing; null otherwise.</summary>
    public long? StdoutSize { get; init; }

    /// <summary>The number of bytes that were printed to the standard error, when a part of it is missing; null otherwise.</summary>
    public long? StderrSize { get; init; }

    /// <summary>A status with the output.</summary>
    public JobStatus In(JobStatus status) => status with
    {
        Stdout = Stdout ?? status.Stdout,
        Stderr = Stderr ?? status.Stderr,
        StdoutTruncated = StdoutSize is null ? status.StdoutTruncated : true,
        StderrTruncated = StderrSize is null ? status.StderrTruncated : true,
        StdoutSize = StdoutSize ?? status.StdoutSize,
        StderrSize = StderrSize ?? status.StderrSize,
    };
}
