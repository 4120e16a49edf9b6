namespace MeeseeksBox.CommandLine.Top;

/// <summary>The choices of the user. Immutable: each key makes a new choices.</summary>
internal sealed record TopChoices
{
    /// <summary>The filter of jobs: see <see cref="TopFilter"/>.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The filter before the edit; null if the filter is not being edited.</summary>
    public string? FilterBefore { get; init; }

    /// <summary>The sort order of jobs.</summary>
    public TopOrder Order { get; init; }

    /// <summary>Whether ended jobs are shown.</summary>
    public bool ShowsEnded { get; init; } = true;

    /// <summary>The tables that are shown.</summary>
    public TopPart Part { get; init; }

    /// <summary>The id of the selected job; null if the list is empty.</summary>
    public string? Selected { get; init; }

    /// <summary>The index of the selected job. If that job disappears, the job at this index is selected.</summary>
    public int Index { get; init; }

    /// <summary>The first visible row of the node table, if only nodes are shown.</summary>
    public int FirstNode { get; init; }

    /// <summary>The id of the job whose kill awaits confirmation; null: none.</summary>
    public string? PendingKillId { get; init; }

    /// <summary>The result of the last kill, or why there was none; null: none.</summary>
    public string? Message { get; init; }
}
