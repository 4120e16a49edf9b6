using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using MeeseeksBox.Protocol.Lines;
using Serilog;

namespace MeeseeksBox.Agent.Listening;

/// <summary>One client: bytes to lines, lines to the handler, answers back. A client that does not read its answers holds up only itself.</summary>
internal sealed class ClientConnection(Stream stream, ILineHandler handler, ListenLimits limits, TimeProvider time, ILogger log)
{
    private const int ReadSize = 16 * 1024;
    private const int SendAt = 64 * 1024;
    private static readonly TimeSpan DiscardTime = TimeSpan.FromSeconds(10);

    /// <summary>One turn: read a line, answer it; send off when no further line has come yet. Ends at an empty line or the end of the input.</summary>
    /// <param name="finish">Ends it after the line that is being answered.</param>
    /// <param name="abort">Ends it at once.</param>
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
            // The client is gone, or the box stops: there is nobody left to answer.
            log.Debug("a connection ended: {Problem}", problem.Message);
        }
#pragma warning disable CA1031 // Whatever goes wrong with one client must not reach another.
        catch (Exception problem)
        {
            log.Error(problem, "a connection ended because of a fault in this program; please report it");
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
                    if (output.UnflushedBytes >= SendAt || !lines.HasLine)
                    {
                        await SendAsync(output, abort);
                    }

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
        using var limit = new CancellationTokenSource(limits.IdleTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, finish);
        return await lines.ReadAsync(either.Token);
    }

    private async ValueTask SendAsync(PipeWriter output, CancellationToken abort)
    {
        await handler.BeforeSendingAsync(abort);
        _ = await output.FlushAsync(abort);
    }

    // A socket that is closed with unread input resets the connection, and the client may never see why.
    private async Task LingeringCloseAsync(LineReader lines, CancellationToken stop)
    {
        if (stream is NetworkStream network)
        {
            network.Socket.Shutdown(SocketShutdown.Send);
        }
        else if (stream is SslStream encrypted)
        {
            await encrypted.ShutdownAsync();
        }

        using var limit = new CancellationTokenSource(DiscardTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        await lines.DiscardAsync(either.Token);
    }
}
