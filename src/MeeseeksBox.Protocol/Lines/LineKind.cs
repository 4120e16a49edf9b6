namespace MeeseeksBox.Protocol.Lines;

/// <summary>The kind of a <see cref="LineResult"/>.</summary>
public enum LineKind
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>The end of the input.</summary>
    End,

    /// <summary>A line over the maximum length.</summary>
    TooLong,
}
