using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Answers the lines of one connection in order.</summary>
internal interface ILineHandler : IDisposable
{
    /// <summary>Writes the answer to a line. The caller flushes it, except for answers too large for memory.</summary>
    ValueTask HandleAsync(ReadOnlySequence<byte> line, ILineLookahead further, PipeWriter output, CancellationToken stop);

    /// <summary>Completes when the written answers may be sent; called before each flush.</summary>
    ValueTask BeforeSendingAsync(CancellationToken stop);

    /// <summary>Whether the last answer was the last one of the connection.</summary>
    bool HasEnded => false;

    /// <summary>Writes the error for a line over the limit.</summary>
    void RefuseTooLong(long longest, PipeWriter output);
}
