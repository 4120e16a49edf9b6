using System.Text.Json;
using System.Threading.Channels;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Appends a line <c>{id: job}</c> to the history file for each end of a job (docs/SPECIFICATION.md#history).</summary>
internal sealed class History : IDisposable
{
    // Bounds the memory while the disk is full to some tens of megabytes. Beyond that the oldest lines are dropped.
    private const int MostWaiting = 50_000;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly Channel<Job> _endings;
    private readonly HistoryFile _file;
    private readonly CancellationTokenSource _completing = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly List<(long Number, TaskCompletionSource Written)> _waiters = [];
    private long _added;
    private long _done;
    private long _dropped;

    /// <param name="time">The clock.</param>
    /// <param name="log">Receives failed writes.</param>
    /// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
    public History(TimeProvider time, ILogger log, DiskFlush? flush = null)
    {
        (_time, _log, _file) = (time, log, new HistoryFile(flush ?? DiskFlush.Real));
        _endings = Channel.CreateBounded<Job>(
            new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, GiveUp);
    }

    /// <summary>The file, pipe or device to append to; null for none.</summary>
    public string? Path { get; set; }

    /// <summary>Finds why a path cannot be the target of the history, without a change of any file.</summary>
    /// <returns>Null when it can be.</returns>
    public static string? ProblemOf(string? path) => path is not null && AppendTarget.ProblemOf(path) is { } reason
        ? $"state.history: {path} cannot be written: {reason}; name another file"
        : null;

    /// <summary>Number of ends of runs added so far.</summary>
    public long Added => Interlocked.Read(ref _added);

    /// <summary>Queues the end of a run; never blocks.</summary>
    public void Add(Job job)
    {
        if (Path is not null)
        {
            _ = Interlocked.Increment(ref _added);
            _ = _endings.Writer.TryWrite(job);
        }
    }

    /// <summary>Queues the ends of runs that a crash kept from the file.</summary>
    /// <param name="endings">The ends of runs in the journal, in its order.</param>
    public void AddMissing(IReadOnlyList<Job> endings)
    {
        if (Path is not { } path)
            return;

        CutTorn(path);
        if (endings is [])
            return;

        // A crash in the middle of a rotation leaves lines in both files of the journal. A pipe or a device has no lines to compare.
        var written = AppendTarget.IsFile(path) ? ReadTail(path, endings.Count) : [];
        if (written.Count < endings.Count && AppendTarget.IsFile(path) && RotatedFrom(path) is { } rotated)
            written.UnionWith(ReadTail(rotated, endings.Count));

        foreach (var job in endings.Where(job => written.Add(HistoryTail.KeyOf(job))))
            Add(job);
    }

    /// <summary>Completes when so many ends of runs are on disk or dropped.</summary>
    public Task WrittenAsync(long number)
    {
        lock (_lock)
        {
            if (number <= _done)
                return Task.CompletedTask;

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((number, waiter));
            return waiter.Task;
        }
    }

    /// <summary>Ends <see cref="RunAsync"/> once the queue is written, or a write fails.</summary>
    public void Complete()
    {
        _endings.Writer.Complete();
        _completing.Cancel();
    }

    /// <summary>Appends queued ends of runs in groups, one flush each. A failed write is tried again.</summary>
    public async Task RunAsync()
    {
        var lines = new MemoryStream();
        while (await _endings.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            lines.SetLength(0);
            var count = 0;
            for (; lines.Length < 1024 * 1024 && _endings.Reader.TryRead(out var job); count++)
                WriteLine(lines, job);

            if (await TryAppendAsync(lines).ConfigureAwait(false))
                Note(count);
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                _log.Error("history overflow: {Count} ends of jobs dropped", dropped);
        }
    }

    public void Dispose()
    {
        _completing.Dispose();
        _file.Dispose();
    }

    private void CutTorn(string path)
    {
        try
        {
            if (AppendTarget.IsFile(path) && HistoryTail.CutTorn(path))
                _log.Information("a line that a crash has cut off is removed from {File}", path);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            _log.Warning("a line that a crash may have cut off is not removed: {Problem}", FileProblem.Reason(path, problem));
        }
    }

    private HashSet<string> ReadTail(string path, int count)
    {
        try
        {
            // An end that is there is not written again, and then the journal with it is deleted.
            if (File.Exists(path))
                _file.FlushFormer(path);
            return HistoryTail.Read(path, count);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            _log.Error(
                "history {File} cannot be read, {Count} ends of jobs may be in it twice: {Problem}",
                path, count, FileProblem.Reason(path, problem));
            return [];
        }
    }

    private string? RotatedFrom(string path)
    {
        try
        {
            return HistoryTail.RotatedFrom(path);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            _log.Warning("ends of jobs in a rotated history may be written again: {Problem}", FileProblem.Reason(path, problem));
            return null;
        }
    }

    private static void WriteLine(MemoryStream lines, Job job)
    {
        using (var writer = new Utf8JsonWriter(lines, JsonFormat.Compact))
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
        _ = Interlocked.Increment(ref _dropped);
        Note(1);
    }

    private void Note(int count)
    {
        lock (_lock)
        {
            _done += count;
            foreach (var (_, written) in _waiters.Where(waiter => waiter.Number <= _done))
                written.SetResult();

            _ = _waiters.RemoveAll(waiter => waiter.Number <= _done);
        }
    }

    private async Task<bool> TryAppendAsync(MemoryStream lines)
    {
        lines.Position = 0;
        for (var attempt = 1; Path is { } path; attempt++)
        {
            try
            {
                _file.Append(path, lines);
                return true;
            }
            catch (Exception problem) when (FileProblem.Is(problem))
            {
                if (attempt is 1)
                {
                    _log.Error(
                        "history write failed, retry every {Pause} s: {File}: {Problem}",
                        RetryPause.TotalSeconds, path, FileProblem.Reason(path, problem));
                }

                if (_completing.IsCancellationRequested)
                {
                    _log.Error("history incomplete: last lines not written before the stop");
                    return false;
                }

                await Task.Delay(RetryPause, _time, _completing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return true;
    }
}
