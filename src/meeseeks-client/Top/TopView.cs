namespace MeeseeksBox.CommandLine.Top;

/// <summary>What the person at the keyboard has chosen. Immutable: each key makes another one.</summary>
internal sealed record TopView
{
    /// <summary>Which jobs are shown: see <see cref="TopFilter"/>.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The filter as it was before somebody began to type; null when nobody types.</summary>
    public string? FilterBefore { get; init; }

    /// <summary>By what jobs are sorted.</summary>
    public TopOrder Order { get; init; }

    /// <summary>Whether jobs are shown that have ended.</summary>
    public bool ShowsEnded { get; init; } = true;

    /// <summary>What is shown.</summary>
    public TopPart Part { get; init; }

    /// <summary>The id of the selected job; null when there is none.</summary>
    public string? Selected { get; init; }

    /// <summary>Where the selected job stood in the list: who stands there is selected when it goes away.</summary>
    public int Index { get; init; }

    /// <summary>The first node row that is shown, where nodes have the screen for themselves.</summary>
    public int FirstNode { get; init; }

    /// <summary>The job that somebody is asked about: shall it be killed?</summary>
    public string? PendingKillId { get; init; }

    /// <summary>What came of the last kill.</summary>
    public string? Message { get; init; }
}
