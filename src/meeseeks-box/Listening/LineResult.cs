using System.Buffers;

namespace MeeseeksBox.Agent.Listening;

/// <summary>What a <see cref="LineReader"/> came to.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">The line, when it is one.</param>
internal readonly record struct LineResult(LineKind Kind, ReadOnlySequence<byte> Line)
{
    public static LineResult End => new(LineKind.End, default);

    public static LineResult TooLong => new(LineKind.TooLong, default);

    public static LineResult Of(ReadOnlySequence<byte> line) => new(LineKind.Line, line);
}
