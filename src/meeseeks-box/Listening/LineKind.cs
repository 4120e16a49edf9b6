namespace MeeseeksBox.Agent.Listening;

/// <summary>What was read.</summary>
internal enum LineKind
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>The end of the input.</summary>
    End,

    /// <summary>A line that is longer than it may be.</summary>
    TooLong,
}
