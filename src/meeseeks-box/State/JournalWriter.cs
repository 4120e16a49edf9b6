using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Writes lines to the files of the journal. Used by the thread of the journal only, except for <see cref="Problem"/>.</summary>
internal sealed class JournalWriter : IDisposable
{
    private static readonly TimeSpan LongestUnflushed = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly JournalFiles _files;
    private readonly JournalQueue _queue;
    private readonly ILogger _log;
    private readonly MemoryStream _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly List<Job> _unflushedEndings = [];

    // The jobs of those ends of runs that were written and not flushed.
    private readonly HashSet<string> _writtenEndings = new(StringComparer.Ordinal);
    private long _written;
    private long _durable;
    private long _unflushedSince;
    private long _dropped;
    private bool _isIncomplete;
    private volatile string? _problem;

    /// <param name="files">The files to write.</param>
    /// <param name="queue">Ends the pauses between attempts.</param>
    /// <param name="log">Receives failed writes.</param>
    public JournalWriter(JournalFiles files, JournalQueue queue, ILogger log)
    {
        (_files, _queue, _log) = (files, queue, log);
        _json = new Utf8JsonWriter(_buffer, JsonFormat.Compact);
    }

    /// <summary>The end of a run is on disk.</summary>
    public event Action<Job>? Ended;

    /// <summary>Called when a write has failed.</summary>
    public Action Failed { get; init; } = () => { };

    /// <summary>The error of the last write; null when it succeeded.</summary>
    public string? Problem => _problem;

    /// <summary>Time until the written lines must be flushed; infinite without such lines.</summary>
    public TimeSpan UntilFlush
    {
        get
        {
            if (_written == _durable)
                return Timeout.InfiniteTimeSpan;

            var left = LongestUnflushed - Stopwatch.GetElapsedTime(_unflushedSince);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Flushes the ends of runs that were written, when one of the next lines is of the same job.</summary>
    /// <remarks>
    /// A power cut may keep the later one of two writes alone: a job that runs again would then lack the end of its run before. Between two
    /// writes only, because the end of a run and the change of its job must not be separated.
    /// </remarks>
    public void FlushEndsBefore(IEnumerable<JournalLine> next)
    {
        if (_writtenEndings.Count > 0 && next.Any(line => (line.Id ?? line.Ended?.Id) is { } id && _writtenEndings.Contains(id)))
            Flush();
    }

    /// <summary>Adds a line to the buffer, which <see cref="Write"/> appends to the file.</summary>
    public void Add(JournalLine line)
    {
        _unflushedSince = _written == _durable ? Stopwatch.GetTimestamp() : _unflushedSince;
        line.Append(_buffer, _json);
        _written++;
        if (line.Ended is not null)
            _unflushedEndings.Add(line.Ended);
    }

    /// <summary>Appends the buffered lines to the file.</summary>
    public void Write()
    {
        if (_buffer.Length > 0)
        {
            Persist(() => _files.Append(_buffer.GetBuffer().AsSpan(0, (int)_buffer.Length)));
            _buffer.SetLength(0);
            _writtenEndings.UnionWith(_unflushedEndings.Select(job => job.Id));
        }
    }

    /// <summary>Flushes the written lines to the disk, and raises <see cref="Ended"/> for each end of a run among them.</summary>
    public void Flush()
    {
        if (_written == _durable)
            return;

        Persist(_files.FlushToDisk);
        _durable = _written;
        _unflushedEndings.ForEach(job => Ended?.Invoke(job));
        _unflushedEndings.Clear();
        _writtenEndings.Clear();
    }

    /// <summary>Writes and flushes all lines, and starts a new file.</summary>
    public void Rotate()
    {
        Write();
        Flush();
        Persist(_files.Rotate);
    }

    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    // Tries until it succeeds, because accepted changes must not be lost. Meanwhile Problem makes the box reject submits.
    private void Persist(Action write)
    {
        while (true)
        {
            try
            {
                write();
                if (_problem is not null && !_isIncomplete)
                    NoteWritable();

                return;
            }
            catch (Exception problem) when (FileProblem.Is(problem))
            {
                var reason = FileProblem.Reason(_files.Current, problem);
                if (_problem is null)
                {
                    _log.Error(
                        "journal write failed, submits rejected, retry every {Pause} s: {File}: {Problem}",
                        RetryPause.TotalSeconds, _files.Current, reason);
                }

                _problem = $"{_files.Current}: {reason}";
                _queue.NoteFailure(_problem);
                Failed();
                if (_queue.IsComplete)
                {
                    // A later success does not write them.
                    _isIncomplete = true;
                    _log.Error("journal incomplete: last changes not written before the stop");
                    return;
                }

                _queue.Pause(RetryPause);
            }
        }
    }

    private void NoteWritable()
    {
        _log.Warning("journal writable again");
        _problem = null;
        if (_queue.NoteWritable() - _dropped is > 0 and var count)
        {
            _dropped += count;
            _log.Error("journal overflow: {Count} ends of runs dropped, which the history lacks", count);
        }
    }
}
