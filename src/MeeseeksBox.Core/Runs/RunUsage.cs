using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Runs;

/// <summary>The resources that a run has used (docs/SPECIFICATION.md#usage).</summary>
/// <param name="Cpu">Processor time in seconds.</param>
/// <param name="MaxRss">Largest memory of one process, in bytes.</param>
/// <param name="Io">Disk input and output.</param>
public sealed record RunUsage(double Cpu, long MaxRss, IoUsage Io)
{
    /// <summary>A status with the usage.</summary>
    public JobStatus In(JobStatus status) => status with { Cpu = Cpu, MaxRss = MaxRss, Io = Io };
}
