using System.Buffers;
using System.IO.Pipelines;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Protocol.Lines;

namespace MeeseeksBox.Agent.Tests.Listening;

/// <summary>Answers each line with itself.</summary>
internal sealed class EchoHandler : ILineHandler
{
    public ValueTask HandleAsync(ReadOnlySequence<byte> line, ILineLookahead further, PipeWriter output, CancellationToken stop)
    {
        output.Write(line.ToArray());
        output.Write("\n"u8);
        return ValueTask.CompletedTask;
    }

    public ValueTask BeforeSendingAsync(CancellationToken stop) => ValueTask.CompletedTask;

    public void RefuseTooLong(long longest, PipeWriter output) => output.Write("too long\n"u8);

    public void Dispose()
    {
        // Nothing is held.
    }
}
