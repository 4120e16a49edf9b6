using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Appends a line <c>{id: job}</c> to the history file for each end of a job (SPEC.md §4).</summary>
/// <remarks>The file is opened for each group of lines, so that it may be rotated away at any time.</remarks>
internal sealed class History(TimeProvider time, ILogger log) : IDisposable
{
    // What a disk that stays full may cost: some tens of megabytes. Beyond that the oldest lines are given up, and said.
    private const int MostWaiting = 50_000;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Channel<Job> _endings = Channel.CreateBounded<Job>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest },
        dropped => log.Error("the history is too far behind: the end of job {Job} is left out", dropped.Id));

    private readonly CancellationTokenSource _completing = new();

    /// <summary>The file to append to; null for none.</summary>
    public string? Path { get; set; }

    /// <summary>Takes note of an ending; never waits.</summary>
    public void Add(Job job)
    {
        if (Path is not null)
        {
            _ = _endings.Writer.TryWrite(job);
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> end as soon as everything is written, or cannot be.</summary>
    public void Complete()
    {
        _endings.Writer.Complete();
        _completing.Cancel();
    }

    /// <summary>One turn: wait for endings, append all that are there, flush them. What cannot be written is tried again.</summary>
    public async Task RunAsync()
    {
        var lines = new MemoryStream();
        while (await _endings.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            lines.SetLength(0);
            while (lines.Length < 1024 * 1024 && _endings.Reader.TryRead(out var job))
            {
                WriteLine(lines, job);
            }

            await AppendAsync(lines).ConfigureAwait(false);
        }
    }

    public void Dispose() => _completing.Dispose();

    private static void WriteLine(MemoryStream lines, Job job)
    {
        using (var writer = new Utf8JsonWriter(lines, Plain))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(job.Id);
            JobKeys.Write(writer, job);
            writer.WriteEndObject();
        }

        lines.WriteByte((byte)'\n');
    }

    private async Task AppendAsync(MemoryStream lines)
    {
        for (var attempt = 1; Path is { } path; attempt++)
        {
            try
            {
                await AppendAsync(path, lines).ConfigureAwait(false);
                return;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                if (attempt is 1)
                {
                    log.Error("the history file {File} cannot be written: {Problem} It is tried again every {Pause} s", path, problem.Message, RetryPause.TotalSeconds);
                }

                if (_completing.IsCancellationRequested)
                {
                    log.Error("the box stops before the history could be written: its last endings are left out");
                    return;
                }

                await Task.Delay(RetryPause, time, _completing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task AppendAsync(string path, MemoryStream lines)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        var end = file.Seek(0, SeekOrigin.End);
        if (end > 0)
        {
            // A line that a crash or a full disk cut off must not swallow the next one.
            _ = file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() is not '\n')
            {
                file.WriteByte((byte)'\n');
            }
        }

        try
        {
            lines.Position = 0;
            await lines.CopyToAsync(file).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // All of it is written again later, so that no ending stands there twice.
            file.SetLength(end);
            throw;
        }
    }
}
