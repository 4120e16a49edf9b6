using System.Collections.Immutable;
using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>What a job runs, and how (docs/SPECIFICATION.md#spec-attributes). The submitter sets and changes it.</summary>
/// <remarks>Jobs and copies of a job share one object. Of two copies, the later value of each attribute is kept.</remarks>
public sealed record JobSpec
{
    private readonly CompactNumber _runtime;
    private readonly CompactNumber _memory;
    private readonly CompactNumber _cpus;
    private readonly JsonValue? _settings;
    private readonly JsonValue? _config;

    /// <summary>A spec without a pool and a command.</summary>
    public static JobSpec Empty { get; } = new();

    /// <summary>The pool for the job.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The command; empty when <see cref="Settings"/> is set.</summary>
    public string[] Args { get; init; } = [];

    /// <summary>
    /// For a job in pool <c>__config</c>: the object in <c>args</c> (docs/SPECIFICATION.md#remote-configuration).
    /// </summary>
    public JsonElement? Settings
    {
        get => _settings?.Value;
        init => _settings = value is { } json ? new JsonValue(json) : null;
    }

    /// <summary>The file for standard input; null for empty input.</summary>
    public string? Stdin { get; init; }

    /// <summary>The file to append standard output to; null to keep the output.</summary>
    public string? Stdout { get; init; }

    /// <summary>The file to append standard error to; null to keep the output.</summary>
    public string? Stderr { get; init; }

    /// <summary>The maximum time of a run, in seconds.</summary>
    public double? Runtime
    {
        get => _runtime.Real;
        init => _runtime = CompactNumber.Of(value);
    }

    /// <summary>The largest memory of all processes of a run together, in bytes.</summary>
    public long? Memory
    {
        get => _memory.Integer;
        init => _memory = CompactNumber.Of(value);
    }

    /// <summary>The number of processors that a run may use; fractions count.</summary>
    public double? Cpus
    {
        get => _cpus.Real;
        init => _cpus = CompactNumber.Of(value);
    }

    /// <summary>True to queue the job without a start; null when it was never set.</summary>
    public bool? Hold { get; init; }

    /// <summary>True to stop the processes of the present run; null when it was never set.</summary>
    /// <remarks>Set by <c>suspend</c> and <c>resume</c> alone (docs/SPECIFICATION.md#suspension).</remarks>
    public bool? Suspended { get; init; }

    /// <summary>True to run the job again after success; null when it was never set.</summary>
    public bool? Restart { get; init; }

    /// <summary>True to send the job off again after its end; null when never set.</summary>
    /// <remarks>It applies to jobs that are done or failed.</remarks>
    public bool? Resubmit { get; init; }

    /// <summary>The number of further runs after failures; null when it was never set.</summary>
    public int? Retries { get; init; }

    /// <summary>Settings for the pool's plugin; for a process: <c>cwd</c>, <c>env</c>, <c>shell</c>.</summary>
    public JsonElement? Config
    {
        get => _config?.Value;
        init => _config = value is { } json ? new JsonValue(json) : null;
    }

    /// <summary>Variables that are added to the environment of the process.</summary>
    public ImmutableSortedDictionary<string, string>? Env { get; init; }

    /// <summary>The working directory; null for that of the box.</summary>
    public string? Cwd { get; init; }

    /// <summary>The user to run as, by name or number; null for the user of the box.</summary>
    public string? Uid { get; init; }

    /// <summary>The group to run as, by name or number; null for the group of <see cref="Uid"/>.</summary>
    public string? Gid { get; init; }

    /// <summary>Words for finding the job.</summary>
    public string[] Tags { get; init; } = [];

    /// <summary>The names of the attributes that were set to null; null for none.</summary>
    /// <remarks>They are sent as explicit nulls. Legacy peers merge key by key and would otherwise keep the value.</remarks>
    public ImmutableSortedSet<string>? Cleared { get; init; }

    /// <summary>The stamps of the last changes, by the name of the attribute; null for a spec as it was submitted.</summary>
    /// <remarks>A legacy node changes attributes without a stamp.</remarks>
    public ImmutableSortedDictionary<string, double>? ChangedAt { get; init; }

    // Few jobs have one. By reference, it takes a third of the memory in all others.
    private sealed record JsonValue(JsonElement Value);
}
