using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Answers the lines of one connection, one after the other.</summary>
internal interface ILineHandler : IDisposable
{
    /// <summary>Writes the answer to a line. Sending it off is left to the caller, but for answers too large to be held in memory.</summary>
    ValueTask HandleAsync(ReadOnlySequence<byte> line, ILineLookahead further, PipeWriter output, CancellationToken stop);

    /// <summary>Ends when the answers that were written may leave: to be called before they are sent off.</summary>
    ValueTask BeforeSendingAsync(CancellationToken stop);

    /// <summary>Writes the answer to a line that is longer than it may be.</summary>
    void RefuseTooLong(long longest, PipeWriter output);
}
