using System.Text.Json;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>The jobs that were removed from the table last, beside the state file: <c>FILE.removed</c>.</summary>
/// <remarks>
/// See docs/SPECIFICATION.md#tombstones. It has a line for each, as a changed job has in the journal. Each checkpoint appends those that
/// were removed since the one before. The first one of a box, and each one after many lines, replaces the file: so damaged lines, and those
/// of tombstones that are dropped by now, do not stay.
/// </remarks>
/// <param name="statePath">The path of the state file.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives damage.</param>
/// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
internal sealed class TombstoneFile(string statePath, TimeProvider time, ILogger log, DiskFlush? flush = null)
{
    /// <summary>The end of the path of the file, after that of the state file.</summary>
    public const string Suffix = ".removed";

    /// <summary>The end of the path of the file that replaces it.</summary>
    public const string TemporarySuffix = Suffix + ".tmp";

    // As many as the core keeps, so that the file has at most about twice as much.
    private const int MostLines = 10_000;
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly DiskFlush _flush = flush ?? DiskFlush.Real;
    private readonly string _temporary = statePath + TemporarySuffix;
    private long _saved = -1;
    private bool _isNameOnDisk;

    // What was appended since the last replacement.
    private long _lines;
    private long _bytes;

    /// <summary>The path of the file.</summary>
    public string Path { get; } = statePath + Suffix;

    /// <summary>The number of the last tombstone that need not be saved any more; -1 when the next checkpoint must save all.</summary>
    public long Saved => _lines >= MostLines || _bytes >= MostBytes ? -1 : _saved;

    /// <summary>Reads the removed jobs in the order of removal; none without a file.</summary>
    /// <param name="outputs">Has the outputs that the jobs refer to.</param>
    /// <exception cref="IOException">The file exists and cannot be read.</exception>
    public IReadOnlyList<Job> Load(OutputStore outputs)
    {
        var jobs = new List<Job>();
        var strings = new StringPool();
        new JournalLines(outputs, time, log).Read("removed jobs", Path, line =>
        {
            if (line.Changed is { IsLive: false } job)
                jobs.Add(strings.Of(job, job.Seq));
        });
        return jobs;
    }

    /// <summary>Adds removed jobs, which are on disk then.</summary>
    /// <param name="since"><see cref="Saved"/> when they were selected; -1 replaces the file.</param>
    /// <param name="added">The jobs whose tombstones were added since.</param>
    /// <param name="number">The number of the latest of all tombstones then.</param>
    /// <exception cref="IOException">The file cannot be written, and is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public void Save(long since, IReadOnlyList<Job> added, long number)
    {
        if (since < 0)
            Replace(added);
        else if (added.Count > 0)
            Append(added);

        _saved = number;
    }

    private void Replace(IReadOnlyList<Job> jobs)
    {
        if (jobs.Count > 0 || File.Exists(Path))
        {
            using (var file = AppendFile.OpenPrivate(_temporary, FileShare.None, FileMode.Create))
            {
                Write(file, jobs);
                _flush.Content(file.SafeFileHandle);
            }

            File.Move(_temporary, Path, overwrite: true);
            _flush.NameOf(Path);
            _isNameOnDisk = true;
        }

        (_lines, _bytes) = (0, 0);
    }

    private void Append(IReadOnlyList<Job> jobs)
    {
        var isNew = !_isNameOnDisk || !File.Exists(Path);
        using var file = AppendFile.OpenPrivate(Path, FileShare.Read);
        var end = file.Seek(0, SeekOrigin.End);
        try
        {
            Write(file, jobs);
            _flush.Content(file.SafeFileHandle);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            file.SetLength(end);
            throw;
        }

        if (isNew)
            _flush.NameOf(Path);

        _isNameOnDisk = true;
        _lines += jobs.Count;
        _bytes += file.Length - end;
    }

    private static void Write(FileStream file, IReadOnlyList<Job> jobs)
    {
        const int chunk = 64 * 1024;
        using var buffer = new MemoryStream();
        using var writer = new Utf8JsonWriter(buffer, JsonFormat.Compact);
        foreach (var job in jobs)
        {
            new JournalLine { Changed = job }.Append(buffer, writer);
            if (buffer.Length > chunk)
                Empty();
        }

        Empty();

        void Empty()
        {
            file.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            buffer.SetLength(0);
        }
    }
}
