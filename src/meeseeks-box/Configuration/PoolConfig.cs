using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>An entry of <c>pools</c>: how jobs are run on this node (docs/SPECIFICATION.md#pool-settings).</summary>
internal sealed record PoolConfig
{
    /// <summary>The <see cref="Slots"/> of a pool that finishes what runs and takes nothing new.</summary>
    public const int Draining = -1;

    // A timer can do no more than 49 days.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(30);

    // Both streams in base64 have to fit into one line of the wire.
    private const int MostOutput = 16 * 1024 * 1024;

    private static readonly PoolConfig Default = new();

    /// <summary>
    /// How many jobs run at once: more than 0 is the limit, 0 sets none, <see cref="Draining"/> takes nothing new.
    /// <c>drain: true</c> is the same as -1.
    /// </summary>
    public int Slots { get; init; }

    /// <summary>
    /// How long a job may run, unless it says so itself: <c>max_runtime</c> or <c>runtime</c>. Null, also where 0 is
    /// written: for ever.
    /// </summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>
    /// The interval in which the state of a live job is reported again, so that it does not expire. Null, also where 0 or null
    /// is written: only while a head is connected, since heads expire silent jobs.
    /// </summary>
    public TimeSpan? Update { get; init; } = TimeSpan.FromSeconds(PoolSettings.UpdateBelowHeads);

    /// <summary>Whether jobs are queued and none is started.</summary>
    public bool Hold { get; init; }

    /// <summary>The task type that runs the jobs, as it was written; null: processes.</summary>
    public string? Plugin { get; init; }

    /// <summary>How long after its end a job is started again, at least. 0 s or more.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes are kept of each stream of a job that is not redirected: 0 to 16 MiB. More belongs into a file.</summary>
    public int OutputLimit { get; init; } = 1024 * 1024;

    /// <summary>How long a job that is killed may take to end by itself, at most 30 days; zero: it is ended at once.</summary>
    public TimeSpan KillGrace { get; init; }

    /// <summary>Reads an entry. What is wrong is told to the reader.</summary>
    public static PoolConfig Read(SectionReader section)
    {
        var slots = section.WholeNumber("slots", least: Draining) ?? Default.Slots;
        var maxRuntime = section.Seconds("max_runtime", alias: "runtime");
        var update = section.Seconds("update");
        return new PoolConfig
        {
            Slots = section.Flag("drain", fallback: false) ? Draining : slots,
            MaxRuntime = maxRuntime == TimeSpan.Zero ? null : maxRuntime,
            Update = update == TimeSpan.Zero || section.IsNull("update") ? null : update ?? Default.Update,
            Hold = section.Flag("hold", Default.Hold),
            Plugin = section.Text("plugin"),
            RestartDelay = section.Seconds("restart_delay") ?? Default.RestartDelay,
            OutputLimit = section.WholeNumber("output_limit", least: 0, MostOutput) ?? Default.OutputLimit,
            KillGrace = section.Seconds("kill_grace") is { } grace ? (grace < LongestGrace ? grace : LongestGrace) : Default.KillGrace,
        };
    }
}
