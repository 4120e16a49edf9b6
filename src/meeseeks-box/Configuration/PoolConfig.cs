using MeeseeksBox.Configuration;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>An entry of <c>pools</c> (docs/SPECIFICATION.md#pool-settings).</summary>
internal sealed record PoolConfig
{
    /// <summary>The <see cref="Slots"/> of a draining pool.</summary>
    public const int Draining = -1;

    // The limit of a timer is 49 days.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(30);

    // Both streams in base64 must fit into one line of the protocol.
    private const int MostOutput = 16 * 1024 * 1024;

    private static readonly PoolConfig Default = new();

    /// <summary>Maximum number of running jobs; 0 for no limit, <see cref="Draining"/> for a draining pool.</summary>
    /// <remarks><c>drain: true</c> is the same as -1.</remarks>
    public int Slots { get; init; }

    /// <summary>Maximum runtime of a job without one of its own: <c>max_runtime</c> or <c>runtime</c>. Null (or 0) for no limit.</summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>The largest memory of a run without a smaller limit of its job, in bytes. Null (or 0) for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>The number of processors of a run without a smaller one of its job. Null (or 0) for no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>Interval at which each live job is reported again to heads that do not accept a lease.</summary>
    /// <remarks>See docs/SPECIFICATION.md#leases.</remarks>
    public TimeSpan Update { get; init; } = TimeSpan.FromSeconds(PoolSettings.DefaultUpdate);

    /// <summary>True to queue jobs without starting any.</summary>
    public bool Hold { get; init; }

    /// <summary>The unparsed name of the plugin; null for processes.</summary>
    public string? Plugin { get; init; }

    /// <summary>Minimum time between the end of a job and its next start. 0 s or more.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Number of bytes kept of each stream that is not redirected to a file: 0 to 16 MiB.</summary>
    public int OutputLimit { get; init; } = 1024 * 1024;

    /// <summary>Time between SIGTERM and SIGKILL, at most 30 days; zero for SIGKILL at once.</summary>
    public TimeSpan KillGrace { get; init; }

    /// <summary>The account of its jobs, before that of the box.</summary>
    public UserConfig User { get; init; } = UserConfig.None;

    /// <summary>Reads an entry. Problems are added to the reader.</summary>
    public static PoolConfig Read(SectionReader section)
    {
        var slots = section.WholeNumber("slots", least: Draining) ?? Default.Slots;
        var maxRuntime = section.Seconds("max_runtime", alias: "runtime");
        return new PoolConfig
        {
            Slots = section.Flag("drain", fallback: false) ? Draining : slots,
            MaxRuntime = maxRuntime == TimeSpan.Zero ? null : maxRuntime,
            Memory = section.SizeOrNone("memory", RunLimitRange.LeastMemory, RunLimitRange.MostMemory),
            Cpus = section.NumberOrNone("cpus", RunLimitRange.LeastCpus, RunLimitRange.MostCpus),
            Update = section.Seconds("update") is { } update && update > TimeSpan.Zero ? update : Default.Update,
            Hold = section.Flag("hold", Default.Hold),
            Plugin = section.Text("plugin"),
            RestartDelay = section.Seconds("restart_delay") ?? Default.RestartDelay,
            OutputLimit = section.WholeNumber("output_limit", least: 0, MostOutput) ?? Default.OutputLimit,
            User = UserConfig.Read(section),
            KillGrace = section.Seconds("kill_grace") is { } grace ? (grace < LongestGrace ? grace : LongestGrace) : Default.KillGrace,
        };
    }

    /// <summary>The limit of memory of a run, in bytes: the smaller one of its job and this pool; null for none.</summary>
    public long? MemoryOf(JobSpec job) => job.Memory is null || Memory < job.Memory ? Memory : job.Memory;

    /// <summary>The limit of processors of a run: the smaller one of its job and this pool; null for none.</summary>
    public double? CpusOf(JobSpec job) => job.Cpus is null || Cpus < job.Cpus ? Cpus : job.Cpus;
}
