namespace MeeseeksBox.Protocol.Lines;

/// <summary>What was read.</summary>
public enum LineKind
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>The end of the input.</summary>
    End,

    /// <summary>A line that is longer than it may be.</summary>
    TooLong,
}
