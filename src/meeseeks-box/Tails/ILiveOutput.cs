using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Agent.Tails;

/// <summary>The output of a run on this node while it runs.</summary>
internal interface ILiveOutput
{
    /// <summary>The number of bytes that were printed by now, dropped ones included.</summary>
    Task<long> TotalAsync(OutputStream stream);

    /// <summary>Completes when more bytes than an offset were printed. After the end of the run it need not complete.</summary>
    Task WhenAfter(OutputStream stream, long offset);

    /// <summary>Reads the first kept bytes at or after an offset below <see cref="TotalAsync"/>.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="offset">The offset in the whole stream.</param>
    /// <param name="most">The maximum number of bytes.</param>
    /// <returns>The bytes without a gap, and the offset of the first; no bytes when none are kept.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    ValueTask<KeptBytes> ReadAsync(OutputStream stream, long offset, int most);
}
