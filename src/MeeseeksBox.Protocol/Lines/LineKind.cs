namespace MeeseeksBox.Protocol.Lines;

/// <summary>What was read.</summary>
public enum LineKind
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>What stood at the end of the input without a newline: what people pipe into nc may lack its last one, and who died within a line sent half of it.</summary>
    Rest,

    /// <summary>The end of the input.</summary>
    End,

    /// <summary>A line that is longer than it may be.</summary>
    TooLong,
}
