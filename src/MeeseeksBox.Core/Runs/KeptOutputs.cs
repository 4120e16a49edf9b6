using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Runs;

/// <summary>The output of a run that its node keeps.</summary>
public sealed record KeptOutputs
{
    /// <summary>The standard output; null when empty.</summary>
    public OutputData? Stdout { get; init; }

    /// <summary>The standard error; null when empty.</summary>
    public OutputData? Stderr { get; init; }

    /// <summary>True when the middle of the standard output is missing.</summary>
    public bool IsStdoutTruncated { get; init; }

    /// <summary>True when the middle of the standard error is missing.</summary>
    public bool IsStderrTruncated { get; init; }

    /// <summary>A status with the output.</summary>
    public JobStatus In(JobStatus status) => status with
    {
        Stdout = Stdout ?? status.Stdout,
        Stderr = Stderr ?? status.Stderr,
        StdoutTruncated = IsStdoutTruncated ? true : status.StdoutTruncated,
        StderrTruncated = IsStderrTruncated ? true : status.StderrTruncated,
    };
}
