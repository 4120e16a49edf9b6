namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The least and the largest limits of a run (docs/SPECIFICATION.md#memory-and-processors).</summary>
public static class RunLimitRange
{
    /// <summary>Less holds hardly any program, so that a unit was forgotten: 1 MB.</summary>
    public const long LeastMemory = 1024 * 1024;

    /// <summary>1024 TB.</summary>
    public const long MostMemory = 1L << 50;

    /// <summary>The system divides 100 ms of each processor, and not into parts below 1 ms.</summary>
    public const double LeastCpus = 0.01;

    /// <summary>More than any system has.</summary>
    public const double MostCpus = 10_000;
}
