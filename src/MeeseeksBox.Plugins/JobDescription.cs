using System.Text.Json;

namespace MeeseeksBox.Plugins;

/// <summary>The spec of a job, with the settings of its pool.</summary>
public sealed record JobDescription
{
    /// <summary>The job's id, unique in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>The id of this run, different at each restart. Processes carry it as <c>MEESEEKS_RUN</c>.</summary>
    public required string Run { get; init; }

    /// <summary>The pool that runs it.</summary>
    public required string Pool { get; init; }

    /// <summary>The node that runs it.</summary>
    public required string Node { get; init; }

    /// <summary>The words of the command; never empty.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>The job's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The file for standard input; null for empty input.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file to append standard output to; null to keep the output.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file to append standard error to; null to keep the output.</summary>
    public string? Stderr { get; init; }

    /// <summary>The working directory; null for that of the box.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The complete environment of a process of this job, including the <c>MEESEEKS_…</c> variables.</summary>
    /// <remarks>A byte that is not UTF-8 is a lone surrogate, U+DC80 to U+DCFF, as in all texts of a job.</remarks>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The job's <c>config</c>, whose meaning is up to the plugin; null when there is none.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>The largest memory of all processes of the run together, in bytes; null for no limit.</summary>
    /// <remarks>The box enforces it for processes, and a plugin for itself.</remarks>
    public long? Memory { get; init; }

    /// <summary>The number of processors that the run may use, at least 0.01; null for no limit.</summary>
    /// <remarks>The box enforces it for processes, and a plugin for itself.</remarks>
    public double? Cpus { get; init; }

    /// <summary>The bytes to keep of each stream that is not redirected (pool setting <c>output_limit</c>).</summary>
    public required int OutputLimit { get; init; }

    /// <summary>The time for a job to end by itself after a kill (pool setting <c>kill_grace</c>).</summary>
    public required TimeSpan KillGrace { get; init; }
}
