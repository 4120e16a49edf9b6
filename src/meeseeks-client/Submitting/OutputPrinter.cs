using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>Prints outputs of jobs as they arrive: standard output to standard output, standard error to standard error.</summary>
/// <remarks>
/// The bytes are unchanged. Of several outputs, each line is printed whole: it waits for its end. Only a line of more than
/// <see cref="LongestLine"/> bytes, and a last line without an end, are printed without one.
/// </remarks>
/// <param name="invocation">The call.</param>
/// <param name="wholeLines">Whether several outputs are printed at once.</param>
internal sealed class OutputPrinter(Invocation invocation, bool wholeLines) : IProgress<string>, IDisposable
{
    private const int LongestLine = 64 * 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>Whether standard error of a job is printed to standard output, too.</summary>
    public bool PrintsErrorsToOutput { get; init; }

    /// <summary>Prints an output until its job has ended.</summary>
    /// <param name="id">The id of the job.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="printed">Receives each part after it was printed, or is waiting for the end of its line; null for none.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="MeeseeksException">The output cannot be had, or not to its end.</exception>
    public async Task FollowAsync(string id, OutputStream stream, Action<OutputPart>? printed, CancellationToken stop)
    {
        var line = new MemoryStream();
        var run = 0;
        try
        {
            await foreach (var part in invocation.PatientClient.FollowOutputAsync(id, stream, delays: this, stop: stop))
            {
                if (run is not 0 && part.Run != run)
                    await WriteAsync(stream, TakeRest(line), $"job '{id}' runs again (run {part.Run})", stop);

                run = part.Run;
                await PrintAsync(id, stream, part, line, stop);
                printed?.Invoke(part);
            }
        }
        finally
        {
            await WriteAsync(stream, TakeRest(line), message: null, CancellationToken.None);
        }
    }

    /// <summary>Prints a part of an output.</summary>
    public Task PrintAsync(string id, OutputStream stream, OutputPart part, CancellationToken stop) =>
        PrintAsync(id, stream, part, new MemoryStream(), stop);

    /// <summary>Prints the reason why output does not arrive as it is printed, once.</summary>
    public void Report(string value)
    {
        _turn.Wait();
        try
        {
            if (_reported.Add(value))
                invocation.Console.WriteMessage(value);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task PrintAsync(string id, OutputStream stream, OutputPart part, MemoryStream line, CancellationToken stop)
    {
        if (part.Missing > 0)
        {
            var missing = $"warning: job '{id}': {part.Missing} bytes of its {OutputStreams.Word(stream)} are missing, "
                + "they were over the pool's output_limit";
            await WriteAsync(stream, TakeRest(line), missing, stop);
        }

        if (!wholeLines)
        {
            await WriteAsync(stream, part.Data, message: null, stop);
            return;
        }

        var end = part.Data.Span.LastIndexOf((byte)'\n') + 1;
        if (end is 0 && line.Length + part.Data.Length < LongestLine)
        {
            line.Write(part.Data.Span);
            return;
        }

        end = end is 0 ? part.Data.Length : end;
        line.Write(part.Data.Span[..end]);
        await WriteAsync(stream, TakeRest(line), message: null, stop);
        line.Write(part.Data.Span[end..]);
    }

    private static byte[] TakeRest(MemoryStream line)
    {
        var rest = line.ToArray();
        line.SetLength(0);
        return rest;
    }

    private async Task WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, string? message, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (!bytes.IsEmpty)
            {
                await (stream is OutputStream.Stdout || PrintsErrorsToOutput
                    ? invocation.Console.WriteAsync(bytes, stop)
                    : ConsoleOutput.WriteErrorAsync(bytes, stop));
            }

            if (message is not null)
                invocation.Console.WriteMessage(message);
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
