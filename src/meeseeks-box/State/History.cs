using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Appends a line <c>{id: job}</c> to the history file for each end of a job (docs/SPECIFICATION.md#history).</summary>
/// <remarks>The file is opened for each group of lines, so that it may be rotated away at any time.</remarks>
internal sealed class History : IDisposable
{
    // What a disk that stays full may cost: some tens of megabytes. Beyond that the oldest lines are given up, and said.
    private const int MostWaiting = 50_000;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Channel<Job> _endings;
    private readonly CancellationTokenSource _completing = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly List<(long Number, TaskCompletionSource Written)> _waiters = [];
    private long _added;
    private long _done;

    public History(TimeProvider time, ILogger log)
    {
        (_time, _log) = (time, log);
        _endings = Channel.CreateBounded<Job>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, GiveUp);
    }

    /// <summary>The file to append to; null for none.</summary>
    public string? Path { get; set; }

    /// <summary>How many endings it has been given.</summary>
    public long Added => Interlocked.Read(ref _added);

    /// <summary>Takes note of an ending; never waits.</summary>
    public void Add(Job job)
    {
        if (Path is not null)
        {
            _ = Interlocked.Increment(ref _added);
            _ = _endings.Writer.TryWrite(job);
        }
    }

    /// <summary>Takes note of those endings that a crash may have kept from the file, when they are not in it.</summary>
    /// <param name="endings">What the journal has, in its order.</param>
    public void AddMissing(IReadOnlyList<Job> endings)
    {
        if (Path is not { } path || endings is [])
        {
            return;
        }

        // A crash in the middle of a rotation leaves lines in both files of the journal.
        var written = HistoryTail.Read(path, endings.Count);
        foreach (var job in endings.Where(job => written.Add(HistoryTail.KeyOf(job))))
        {
            Add(job);
        }
    }

    /// <summary>Ends when as many endings are on disk, or given up.</summary>
    public Task WrittenAsync(long number)
    {
        lock (_lock)
        {
            if (number <= _done)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((number, waiter));
            return waiter.Task;
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
            var count = 0;
            for (; lines.Length < 1024 * 1024 && _endings.Reader.TryRead(out var job); count++)
            {
                WriteLine(lines, job);
            }

            if (await TryAppendAsync(lines).ConfigureAwait(false))
            {
                Note(count);
            }
        }
    }

    public void Dispose() => _completing.Dispose();

    private static void WriteLine(MemoryStream lines, Job job)
    {
        using (var writer = new Utf8JsonWriter(lines, Plain))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(job.Id);
            JobAttributes.Write(writer, job);
            writer.WriteEndObject();
        }

        lines.WriteByte((byte)'\n');
    }

    private void GiveUp(Job job)
    {
        _log.Error("the history is too far behind: the end of job {Job} is left out", job.Id);
        Note(1);
    }

    private void Note(int count)
    {
        lock (_lock)
        {
            _done += count;
            foreach (var (_, written) in _waiters.Where(waiter => waiter.Number <= _done))
            {
                written.SetResult();
            }

            _ = _waiters.RemoveAll(waiter => waiter.Number <= _done);
        }
    }

    private async Task<bool> TryAppendAsync(MemoryStream lines)
    {
        for (var attempt = 1; Path is { } path; attempt++)
        {
            try
            {
                await AppendAsync(path, lines).ConfigureAwait(false);
                return true;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                if (attempt is 1)
                {
                    _log.Error("the history file {File} cannot be written: {Problem} It is tried again every {Pause} s", path, problem.Message, RetryPause.TotalSeconds);
                }

                if (_completing.IsCancellationRequested)
                {
                    _log.Error("the box stops before the history could be written: its last endings are left out");
                    return false;
                }

                await Task.Delay(RetryPause, _time, _completing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return true;
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
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // All of it is written again later, so that no ending stands there twice.
            file.SetLength(end);
            throw;
        }
    }
}
