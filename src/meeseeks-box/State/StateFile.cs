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
    private static readonly string[] Suffixes = ["", ".1", ".tmp", ".lock", ".journal", ".journal.old"];

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
    /// <exception cref="IOException">Another box holds the lock, the path is no regular file, or the folder is not writable.</exception>
    public static StateFile Open(string path, TimeProvider time, ILogger log)
    {
        if (ProblemOf(path) is { } wrong)
            throw new IOException(wrong);

        var real = RealPath.Of(path);
        try
        {
            return new StateFile(real, AppendFile.OpenPrivate(real + ".lock", FileShare.None), time, log);
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
                ?? throw new JsonException();
            jobs = [.. stored.Select(job => Read(path, outputs, job.Key, job.Value)).OfType<Job>()];
            return true;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            _log.Error("state file {File} damaged: {Problem}", path, Fault(path, problem));
            return false;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException($"state.file: {path} cannot be read: {FileProblem.Reason(path, problem)}", problem);
        }
    }

    // An exception without another one inside is about a value of the wrong type.
    private static string Fault(string path, Exception problem)
    {
        if (problem.InnerException is not JsonException)
            return "not a JSON object of jobs";

        var error = JsonSyntaxError.Find(File.ReadAllBytes(path), default);
        return $"not JSON: line {error.Line}, column {error.Column}: {error.Text}";
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
        var aside = DamagedFile.PathOf(path, _time);
        try
        {
            File.Move(path, aside, overwrite: true);
            _log.Error("damaged state file moved to {File}", aside);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException(
                $"state.file: {path} is damaged and cannot be moved aside: {FileProblem.Reason(path, problem)}", problem);
        }
    }
}
