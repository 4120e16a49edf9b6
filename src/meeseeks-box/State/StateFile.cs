using System.Text.Json;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Unix;
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

    /// <summary>Path of the file, with symbolic links resolved.</summary>
    public string Path { get; }

    /// <summary>Locks the state file, which need not exist yet.</summary>
    /// <exception cref="IOException">Another box holds the lock, the path is no regular file, or the folder is not writable.</exception>
    public static StateFile Open(string path, TimeProvider time, ILogger log)
    {
        // A save replaces the file: this must be the target of a link, and never a device or a pipe.
        path = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
        if (FileKind.Of(path) is not (FileKind.None or FileKind.Regular))
            throw new IOException($"state.file: {path} is not a regular file; name a regular file or a new one");

        try
        {
            return new StateFile(path, AppendFile.OpenPrivate(path + ".lock", FileShare.None), time, log);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"state.file: cannot lock {path}.lock: {problem.Message} "
                    + "Is another meeseeks-box using this file, or is its folder not writable?",
                problem);
        }
    }

    /// <summary>Reads the jobs of the last checkpoint; none without a file.</summary>
    /// <remarks>A damaged file is moved aside and the previous one is used.</remarks>
    /// <param name="outputs">Has the outputs that the jobs refer to.</param>
    /// <exception cref="IOException">A file exists and cannot be read. This is no damage: the box must not start without it.</exception>
    public IReadOnlyList<Job> Load(OutputStore outputs)
    {
        if (File.Exists(Path))
        {
            if (TryLoad(Path, outputs, out var jobs))
                return jobs;

            Quarantine(Path);
        }

        var previous = Path + ".1";
        if (!File.Exists(previous))
            return [];

        if (TryLoad(previous, outputs, out var previousJobs))
        {
            _log.Warning("previous checkpoint used: {Count} jobs from {File}", previousJobs.Count, previous);
            return previousJobs;
        }

        Quarantine(previous);
        _log.Error("state lost: no readable state file, starting without jobs");
        return [];
    }

    /// <summary>Writes all jobs to disk and replaces the file atomically.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The rights of file or folder forbid it.</exception>
    public void Save(IEnumerable<Job> jobs)
    {
        var temporary = Path + ".tmp";
        using (var stream = AppendFile.OpenPrivate(temporary, FileShare.None, FileMode.Create))
        {
            using (var writer = new Utf8JsonWriter(stream, JsonFormat.Compact))
            {
                Write(writer, jobs);
            }

            stream.Flush(flushToDisk: true);
        }

        if (File.Exists(Path))
        {
            // Two renames would leave no file at all between them.
            File.Replace(temporary, Path, Path + ".1");
        }
        else
        {
            File.Move(temporary, Path);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void Write(Utf8JsonWriter writer, IEnumerable<Job> jobs)
    {
        const int chunk = 64 * 1024;
        writer.WriteStartObject();
        foreach (var job in jobs)
        {
            writer.WritePropertyName(job.Id);
            JobAttributes.Write(writer, job, OutputForm.Reference);
            if (writer.BytesPending > chunk)
                writer.Flush();
        }

        writer.WriteEndObject();
    }

    private bool TryLoad(string path, OutputStore outputs, out IReadOnlyList<Job> jobs)
    {
        jobs = [];
        try
        {
            using var stream = File.OpenRead(path);
            var stored = JsonSerializer.Deserialize(stream, StoredContext.Default.DictionaryStringStoredJob)
                ?? throw new JsonException("it holds null, not an object of jobs");
            jobs = [.. stored.Select(job => Read(path, outputs, job.Key, job.Value)).OfType<Job>()];
            return true;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            _log.Error("state file {File} damaged: {Problem}", path, problem.Message);
            return false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"state.file: {path} cannot be read: {problem.Message}", problem);
        }
    }

    private Job? Read(string path, OutputStore outputs, string id, StoredJob stored)
    {
        var problem = stored.Problem;
        var job = stored.Job is { } unnamed ? JobAttributes.WithId(unnamed, id, out problem) : null;
        if (job is null)
            _log.Error("job {Job} in {File} skipped: {Problem}", id, path, problem);
        else if (stored.Element.ValueKind is JsonValueKind.Object)
            job = JobAttributes.WithOutputs(job, stored.Element, outputs.Find);

        return job;
    }

    private void Quarantine(string path)
    {
        var aside = $"{path}.damaged-{_time.GetUtcNow():yyyyMMdd-HHmmss}";
        try
        {
            File.Move(path, aside, overwrite: true);
            _log.Error("damaged state file moved to {File}", aside);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"state.file: {path} is damaged and cannot be moved aside: {problem.Message}", problem);
        }
    }
}
