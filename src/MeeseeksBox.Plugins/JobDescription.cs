using System.Text.Json;

namespace MeeseeksBox.Plugins;

/// <summary>What a job asks for, with the settings of the pool that runs it.</summary>
public sealed record JobDescription
{
    /// <summary>The job's id, unique in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>Names this one run of the job: another at each restart. Processes carry it as <c>MEESEEKS_RUN</c>.</summary>
    public required string Run { get; init; }

    /// <summary>The pool that runs it.</summary>
    public required string Pool { get; init; }

    /// <summary>The node that runs it.</summary>
    public required string Node { get; init; }

    /// <summary>The words of the command; never empty.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>The job's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The file to read from, or null for empty input.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file to append standard output to, or null to keep it.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file to append standard error to, or null to keep it.</summary>
    public string? Stderr { get; init; }

    /// <summary>The folder to work in, or null for the box's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The whole environment that a process of this job sees, the <c>MEESEEKS_…</c> marks included.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The job's <c>config</c>, for the plugin to read as it likes; null when there is none.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>How many bytes of each stream are kept when it is not redirected (pool setting <c>output_limit</c>).</summary>
    public required int OutputLimit { get; init; }

    /// <summary>How long a job may take to end by itself when it is killed (pool setting <c>kill_grace</c>).</summary>
    public required TimeSpan KillGrace { get; init; }
}
