using System.Buffers;

namespace MeeseeksBox.Protocol.Lines;

/// <summary>What a <see cref="LineReader"/> came to.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">The line, when it is one.</param>
/// <param name="IsLast">True when it lacks its newline: the input ended in it.</param>
public readonly record struct LineResult(LineKind Kind, ReadOnlySequence<byte> Line, bool IsLast = false)
{
    /// <summary>The end of the input.</summary>
    public static LineResult End => new(LineKind.End, default);

    /// <summary>A line that is longer than it may be.</summary>
    public static LineResult TooLong => new(LineKind.TooLong, default);

    /// <summary>A line.</summary>
    public static LineResult Of(ReadOnlySequence<byte> line, bool isLast = false) => new(LineKind.Line, line, isLast);
}
