using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using MeeseeksBox.Foundation.Time;
using MeeseeksBox.Protocol.Lines;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>One client connection: splits bytes into lines, passes them to the handler, sends the answers.</summary>
/// <remarks>A client that does not read its answers blocks only its own connection.</remarks>
internal sealed class ClientConnection(Stream stream, ILineHandler handler, ListenLimits limits, TimeProvider time, ILogger log)
{
    private const int ReadSize = 16 * 1024;
    private const int SendAt = 64 * 1024;
    private static readonly TimeSpan DiscardTime = TimeSpan.FromSeconds(10);

    /// <summary>Answers lines until an empty line or the end of the input.</summary>
    /// <remarks>Answers are sent once no further line is buffered, so that pipelined requests share a packet.</remarks>
    /// <param name="finish">Ends the connection after the current line.</param>
    /// <param name="abort">Ends the connection at once.</param>
    public async Task RunAsync(CancellationToken finish, CancellationToken abort)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, leaveOpen: true, useZeroByteReads: true));
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        var lines = new LineReader(input, limits.LongestLine);
        try
        {
            await AnswerAsync(lines, output, finish, abort);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException)
        {
            // The client is gone, or the box stops.
            log.Debug("connection ended: {Problem}", problem.Message);
        }
#pragma warning disable CA1031 // A failure on one connection must not affect another.
        catch (Exception problem)
        {
            log.Error(problem, "connection ended: internal error; please report it");
        }
#pragma warning restore CA1031
        finally
        {
            await lines.EndAsync();
            handler.Dispose();
        }
    }

    private async Task AnswerAsync(LineReader lines, PipeWriter output, CancellationToken finish, CancellationToken abort)
    {
        while (true)
        {
            var result = limits.IdleTime == TimeSpan.Zero ? await lines.ReadAsync(finish) : await ReadInTimeAsync(lines, finish);
            switch (result.Kind)
            {
                case LineKind.Line when !result.Line.IsEmpty:
                    await handler.HandleAsync(result.Line, lines, output, abort);
                    if (handler.HasEnded)
                    {
                        await SendAsync(output, abort);
                        await LingeringCloseAsync(lines, finish);
                        return;
                    }

                    if (output.UnflushedBytes >= SendAt || !lines.HasLine)
                        await SendAsync(output, abort);

                    break;
                case LineKind.TooLong:
                    handler.RefuseTooLong(limits.LongestLine, output);
                    await SendAsync(output, abort);
                    await LingeringCloseAsync(lines, finish);
                    return;
                default:
                    await SendAsync(output, abort);
                    return;
            }
        }
    }

    private async ValueTask<LineResult> ReadInTimeAsync(LineReader lines, CancellationToken finish)
    {
        using var limit = new CancellationTokenSource(limits.IdleTime.ForTimer(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, finish);
        return await lines.ReadAsync(either.Token);
    }

    private async ValueTask SendAsync(PipeWriter output, CancellationToken abort)
    {
        await handler.BeforeSendingAsync(abort);
        _ = await output.FlushAsync(abort);
    }

    // Closing a socket with unread input resets the connection, and the client may lose the error line. So the input is read to its end.
    private async Task LingeringCloseAsync(LineReader lines, CancellationToken stop)
    {
        if (stream is NetworkStream network)
            network.Socket.Shutdown(SocketShutdown.Send);
        else if (stream is SslStream encrypted)
            await encrypted.ShutdownAsync();

        using var limit = new CancellationTokenSource(DiscardTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        await lines.DiscardAsync(either.Token);
    }
}
