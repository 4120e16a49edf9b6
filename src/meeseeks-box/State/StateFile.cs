using System.Text.Json;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>The state file: one JSON object <c>{id: job}</c> (docs/SPECIFICATION.md#state-file).</summary>
/// <remarks>
/// The previous checkpoint is kept as <c>file.1</c>. The box holds <c>file.lock</c> while it runs, so that no second box writes the same
/// file.
/// </remarks>
internal sealed class StateFile : IDisposable
{
    // The files beside the state file.
    private static readonly string[] Suffixes =
        ["", ".1", ".tmp", ".lock", ".journal", ".journal.old", TombstoneFile.Suffix, TombstoneFile.TemporarySuffix, InstanceId.Suffix];

    private readonly FileStream _lock;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DiskFlush _flush;

    private StateFile(string path, FileStream @lock, TimeProvider time, ILogger log, DiskFlush flush)
    {
        Path = path;
        _lock = @lock;
        _time = time;
        _log = log;
        _flush = flush;
    }

    /// <summary>Path of the file, with symbolic links resolved.</summary>
    public string Path { get; }

    /// <summary>Finds why a path cannot be that of a state file on any disk.</summary>
    /// <returns>Null when it can be.</returns>
    public static string? KindProblemOf(string? path)
    {
        if (path is null)
            return null;
        if (path.Length is 0 || path.Contains('\0', StringComparison.Ordinal))
            return $"state.file: '{path}' is not a valid file name";
        if (FileProblem.OfWorkingFolder(path) is { } gone)
            return $"state.file: {path} cannot be written: {gone}";

        var real = RealPath.Of(path);
        return Suffixes.Select(suffix => real + suffix).Prepend(path).FirstOrDefault(file => !AppendTarget.IsFile(file)) is { } other
            ? $"state.file: {other} must be a regular file, and is {AppendTarget.NameOf(other)}; name another file"
            : null;
    }

    /// <summary>Finds why a file cannot be written now, without a change of any file.</summary>
    /// <returns>Null when it can be.</returns>
    public static string? ProblemOf(string? path) =>
        KindProblemOf(path) is { } problem ? problem
        : path is not null && AppendTarget.ProblemOf(path) is { } reason
            ? $"state.file: {path} cannot be written: {reason}; name another file"
        : null;

    /// <summary>Locks the state file, which need not exist yet.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives damage.</param>
    /// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
    /// <exception cref="IOException">Another box holds the lock, the path is no regular file, or the folder is not writable.</exception>
    public static StateFile Open(string path, TimeProvider time, ILogger log, DiskFlush? flush = null)
    {
        if (ProblemOf(path) is { } wrong)
            throw new IOException(wrong);

        var real = RealPath.Of(path);
        try
        {
            return new StateFile(real, AppendFile.OpenPrivate(real + ".lock", FileShare.None), time, log, flush ?? DiskFlush.Real);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException(
                $"state.file: cannot lock {real}.lock: {FileProblem.Reason(real + ".lock", problem)}; "
                    + "each meeseeks-box needs a state file of its own, in a folder that it may write",
                problem);
        }
    }

    /// <summary>Reads the jobs of the last checkpoint; none without a file.</summary>
    /// <remarks>Of a damaged file the undamaged jobs are used, and of one without any the previous file.</remarks>
    /// <param name="outputs">Has the outputs that the jobs refer to.</param>
    /// <exception cref="IOException">A file exists and cannot be read. This is no damage: the box must not start without it.</exception>
    public IReadOnlyCollection<Job> Load(OutputStore outputs) => new StateReader(Path, outputs, _time, _log).Read();

    /// <summary>Writes all jobs to disk and replaces the file atomically. A power cut leaves the one or the other.</summary>
    /// <returns>The length of the file, in bytes.</returns>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public long Save(IEnumerable<Job> jobs)
    {
        var temporary = Path + ".tmp";
        long length;
        using (var stream = AppendFile.OpenPrivate(temporary, FileShare.None, FileMode.Create))
        {
            Write(stream, jobs);
            _flush.Content(stream.SafeFileHandle);
            length = stream.Length;
        }

        if (File.Exists(Path))
        {
            // Two renames would leave no file at all between them.
            File.Replace(temporary, Path, Path + ".1");
        }
        else
        {
            File.Move(temporary, Path, overwrite: true);
        }

        _flush.NameOf(Path);
        return length;
    }

    public void Dispose() => _lock.Dispose();

    // Each job on a line of its own, which no other newline is in: so damage is found by line.
    private static void Write(FileStream stream, IEnumerable<Job> jobs)
    {
        const int chunk = 64 * 1024;
        using var buffer = new MemoryStream();
        using var writer = new Utf8JsonWriter(buffer, JsonFormat.Compact);
        var separator = "{\n"u8;
        foreach (var job in jobs)
        {
            buffer.Write(separator);
            writer.WriteStringValue(job.Id);
            writer.Flush();
            writer.Reset();
            buffer.WriteByte((byte)':');
            JobAttributes.Write(writer, job, OutputForm.Reference);
            writer.Flush();
            writer.Reset();
            separator = ",\n"u8;
            if (buffer.Length > chunk)
                Empty();
        }

        buffer.Write(separator is [(byte)'{', ..] ? "{}"u8 : "\n}"u8);
        Empty();

        void Empty()
        {
            stream.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            buffer.SetLength(0);
        }
    }
}
