using System.Text.Encodings.Web;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Unix;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>
/// The file that jobs outlive the box in: one JSON object <c>{id: job}</c> (docs/SPECIFICATION.md#state-file). The one before it is kept as
/// <c>file.1</c>. While
/// the box runs it holds <c>file.lock</c>, so that no second box writes the same state.
/// </summary>
internal sealed class StateFile : IDisposable
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly FileStream _lock;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private StateFile(string path, FileStream @lock, TimeProvider time, ILogger log)
    {
        Path = path;
        _lock = @lock;
        _time = time;
        _log = log;
    }

    /// <summary>Where it is, links followed.</summary>
    public string Path { get; }

    /// <summary>Takes hold of the state file, which need not be there yet.</summary>
    /// <exception cref="IOException">Another box has hold of it, it is no file, or its folder cannot be written; the message says which.</exception>
    public static StateFile Open(string path, TimeProvider time, ILogger log)
    {
        // Who saves replaces the file: that must be the one that a link leads to, and never a device or a pipe.
        path = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
        if (FileKind.Of(path) is not (FileKind.None or FileKind.Regular))
        {
            throw new IOException($"state.file: {path} is no regular file; name one, or one that is not there yet");
        }

        try
        {
            return new StateFile(path, OpenPrivate(path + ".lock", FileMode.OpenOrCreate, FileShare.None), time, log);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"state.file: cannot take hold of {path}.lock: {problem.Message} Is another meeseeks-box using this file, or is its folder not writable?", problem);
        }
    }

    /// <summary>The jobs as they were last saved; none when there is no file. A damaged file is moved aside and the one before it is used.</summary>
    /// <exception cref="IOException">A file is there and cannot be read: that is no damage, and nothing to start without.</exception>
    public IReadOnlyList<Job> Load()
    {
        if (File.Exists(Path))
        {
            if (TryLoad(Path, out var jobs))
            {
                return jobs;
            }

            Quarantine(Path);
        }

        var former = Path + ".1";
        if (!File.Exists(former))
        {
            return [];
        }

        if (TryLoad(former, out var formerJobs))
        {
            _log.Warning("the state of the checkpoint before the last is used, from {File}: {Count} jobs", former, formerJobs.Count);
            return formerJobs;
        }

        Quarantine(former);
        _log.Error("no readable state is left: the box starts without jobs");
        return [];
    }

    /// <summary>Writes the jobs; either all of it takes the place of the file before, on disk, or nothing changes.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(IEnumerable<Job> jobs)
    {
        var temporary = Path + ".tmp";
        using (var stream = OpenPrivate(temporary, FileMode.Create, FileShare.None))
        {
            using (var writer = new Utf8JsonWriter(stream, Plain))
            {
                Write(writer, jobs);
            }

            stream.Flush(flushToDisk: true);
        }

        if (File.Exists(Path))
        {
            // Not by two renames: there would be no file at all between them.
            File.Replace(temporary, Path, Path + ".1");
        }
        else
        {
            File.Move(temporary, Path);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream OpenPrivate(string path, FileMode mode, FileShare share) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = share,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private static void Write(Utf8JsonWriter writer, IEnumerable<Job> jobs)
    {
        const int chunk = 64 * 1024;
        writer.WriteStartObject();
        foreach (var job in jobs)
        {
            writer.WritePropertyName(job.Id);
            JobAttributes.Write(writer, job);
            if (writer.BytesPending > chunk)
            {
                writer.Flush();
            }
        }

        writer.WriteEndObject();
    }

    private bool TryLoad(string path, out IReadOnlyList<Job> jobs)
    {
        jobs = [];
        try
        {
            using var stream = File.OpenRead(path);
            var stored = JsonSerializer.Deserialize(stream, StoredContext.Default.DictionaryStringStoredJob)
                ?? throw new JsonException("it holds null, not an object of jobs");
            jobs = [.. stored.Select(job => Read(path, job.Key, job.Value)).OfType<Job>()];
            return true;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            _log.Error("the state file {File} is damaged: {Problem}", path, problem.Message);
            return false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"state.file: {path} is there and cannot be read: {problem.Message}", problem);
        }
    }

    private Job? Read(string path, string id, StoredJob stored)
    {
        var problem = stored.Problem;
        var job = stored.Job is { } unnamed ? JobAttributes.WithId(unnamed, id, out problem) : null;
        if (job is null)
        {
            _log.Error("job {Job} in {File} cannot be read and is left out: {Problem}", id, path, problem);
        }

        return job;
    }

    private void Quarantine(string path)
    {
        var aside = $"{path}.damaged-{_time.GetUtcNow():yyyyMMdd-HHmmss}";
        try
        {
            File.Move(path, aside, overwrite: true);
            _log.Error("the damaged state file was moved to {File}", aside);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"state.file: {path} is damaged and cannot be moved aside: {problem.Message}", problem);
        }
    }
}
