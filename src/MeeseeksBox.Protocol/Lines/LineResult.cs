using System.Buffers;

namespace MeeseeksBox.Protocol.Lines;

/// <summary>The result of a read by <see cref="LineReader"/>.</summary>
/// <param name="Kind">The kind of result.</param>
/// <param name="Line">The line, for <see cref="LineKind.Line"/>.</param>
/// <param name="IsLast">True when the input ended without a newline after the line.</param>
public readonly record struct LineResult(LineKind Kind, ReadOnlySequence<byte> Line, bool IsLast = false)
{
    /// <summary>The end of the input.</summary>
    public static LineResult End => new(LineKind.End, default);

    /// <summary>A line over the maximum length.</summary>
    public static LineResult TooLong => new(LineKind.TooLong, default);

    /// <summary>A line.</summary>
    public static LineResult Of(ReadOnlySequence<byte> line, bool isLast = false) => new(LineKind.Line, line, isLast);
}
