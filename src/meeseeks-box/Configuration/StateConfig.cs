using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The section <c>state</c>: how long jobs are kept, and where (docs/SPECIFICATION.md#state-settings).</summary>
internal sealed record StateConfig
{
    private static readonly StateConfig Default = new();

    /// <summary>How long an ended job stays, and how long a live one goes without news before it is failed. More than 0 s.</summary>
    public TimeSpan Expire { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether live jobs without news are failed.</summary>
    public bool ExpireActiveJobs { get; init; } = true;

    /// <summary>How long a node goes without news before it is offline. More than 0 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where the jobs are kept over a restart; null: nowhere.</summary>
    public string? File { get; init; }

    /// <summary>
    /// How often the jobs are written to <see cref="File"/>; zero: at stop only. By default 10 s
    /// (docs/SPECIFICATION.md#state-settings).
    /// </summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a change of a job is on disk, in the journal beside <see cref="File"/>, before it is answered.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Where a line is kept of each job that ended; null: nowhere.</summary>
    public string? History { get; init; }

    /// <summary>Reads the section. What is wrong is told to the reader.</summary>
    public static StateConfig Read(SectionReader section) => new()
    {
        Expire = section.SecondsAboveZero("expire") ?? Default.Expire,
        ExpireActiveJobs = section.Flag("expire_active_jobs", Default.ExpireActiveJobs),
        Timeout = section.SecondsAboveZero("timeout") ?? Default.Timeout,
        File = section.Text("file"),
        Checkpoint = section.Seconds("checkpoint") ?? Default.Checkpoint,
        Durable = section.Flag("durable", Default.Durable),
        History = section.Text("history"),
    };
}
