using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The section <c>state</c>: storage and expiry of jobs (docs/SPECIFICATION.md#state-settings).</summary>
internal sealed record StateConfig
{
    private static readonly StateConfig Default = new();

    /// <summary>Time until an ended job is removed, or a live job without reports fails. More than 0 s.</summary>
    public TimeSpan Expire { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>True if live jobs without reports fail.</summary>
    public bool ExpireActiveJobs { get; init; } = true;

    /// <summary>Time without reports after which a node is offline. More than 0 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Path of the state file; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Interval of checkpoints; zero for one at the stop only.</summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True if changes are flushed to the journal beside <see cref="File"/> before the answer is sent.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>True if an orderly stop leaves the running jobs to the next instance of the box (<c>at_stop: keep</c>).</summary>
    public bool KeepsJobs { get; init; }

    /// <summary>Path of the history file; null for none.</summary>
    public string? History { get; init; }

    /// <summary>Reads the section. Problems are added to the reader.</summary>
    public static StateConfig Read(SectionReader section) => new()
    {
        Expire = section.SecondsAboveZero("expire") ?? Default.Expire,
        ExpireActiveJobs = section.Flag("expire_active_jobs", Default.ExpireActiveJobs),
        Timeout = section.SecondsAboveZero("timeout") ?? Default.Timeout,
        File = section.Text("file"),
        Checkpoint = section.Seconds("checkpoint") ?? Default.Checkpoint,
        Durable = section.Flag("durable", Default.Durable),
        History = section.Text("history"),
        KeepsJobs = IsKeep(section),
    };

    private static bool IsKeep(SectionReader section)
    {
        var word = section.Text("at_stop");
        if (word is not (null or "end" or "keep"))
            section.AddProblem("at_stop", $"'{word}' is not one of end, keep");
        if (word is "keep" && section.Text("file") is null)
            section.AddProblem("at_stop", "keep needs state.file, by which the next instance of the box knows the jobs");

        return word is "keep";
    }
}
