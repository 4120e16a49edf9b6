namespace MeeseeksBox.Agent.Tails;

/// <summary>Bytes of a stream without a gap.</summary>
/// <param name="Start">The offset of the first in the whole stream.</param>
/// <param name="Bytes">The bytes.</param>
internal sealed record KeptBytes(long Start, ReadOnlyMemory<byte> Bytes);
