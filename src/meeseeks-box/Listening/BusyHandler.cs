using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Answers the first line of a client over the limit of connections, and executes nothing.</summary>
/// <param name="limits">The limits of the box.</param>
internal sealed class BusyHandler(ListenLimits limits) : ILineHandler
{
    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public ValueTask HandleAsync(ReadOnlySequence<byte> line, ILineLookahead further, PipeWriter output, CancellationToken stop)
    {
        RefuseTooLong(limits.LongestLine, output);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask BeforeSendingAsync(CancellationToken stop) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void RefuseTooLong(long longest, PipeWriter output)
    {
        HasEnded = true;
        output.Write(ErrorLine.Of(
            $"busy: {limits.Connections} clients are connected, which is the most ({limits.Reason}); try again later", ErrorCode.Busy));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It has nothing to release.
    }
}
