namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>What a watch does at present (docs/SPECIFICATION.md#watch-status). Times are in seconds since 1970.</summary>
internal sealed record WatchStatus
{
    /// <summary>The state of a watch that works.</summary>
    public const string IsRunning = "running";

    /// <summary>The state of a watch whose folder another watcher serves.</summary>
    public const string IsSecond = "second";

    /// <summary>The state of a watch that has ended by itself.</summary>
    public const string HasEnded = "ended";

    /// <summary>The name of the watch.</summary>
    public required string Name { get; init; }

    /// <summary>Its folder; null for standing jobs.</summary>
    public string? Path { get; init; }

    /// <summary><c>running</c>, <c>held up</c>, <c>no folder</c>, <c>second</c>, <c>ended</c> or <c>busy</c>.</summary>
    public required string State { get; init; }

    /// <summary>The present faults, which hold up the watch or some files.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>The number of files in the folder.</summary>
    public int Files { get; init; }

    /// <summary>The files and sets that wait, by reason, the largest group first.</summary>
    public IReadOnlyList<WaitingFiles> Waiting { get; init; } = [];

    /// <summary>The number of jobs that are submitted and have no recorded result.</summary>
    public int Running { get; init; }

    /// <summary>The number of results in status files.</summary>
    public int Done { get; init; }

    /// <inheritdoc cref="Done"/>
    public int Failed { get; init; }

    /// <inheritdoc cref="Done"/>
    public int Killed { get; init; }

    /// <summary>The last new file; null when none has come.</summary>
    public string? LastFile { get; init; }

    /// <summary>When it came.</summary>
    public double? LastTs { get; init; }

    /// <summary>The next read of the whole folder.</summary>
    public double? NextLookTs { get; init; }

    /// <summary>When more becomes due by itself; null when only a change makes something due.</summary>
    public double? NextDueTs { get; init; }

    /// <summary>Whether a new file is overdue; null without <c>late</c>.</summary>
    public bool? IsLate { get; init; }

    /// <summary>When a new file is overdue next; null for no such time.</summary>
    public double? LateTs { get; init; }
}
