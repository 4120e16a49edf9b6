using System.Globalization;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Output;
using Serilog;

namespace MeeseeksBox.Agent.Outputs;

/// <summary>The outputs of jobs: small ones in memory, all others in files (docs/SPECIFICATION.md#kept-output).</summary>
/// <param name="folder">The folder of the files.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives outputs that cannot be stored.</param>
internal sealed class OutputStore(RunsFolder folder, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>The size of an output in bytes up to which it is in memory: a file would take more.</summary>
    public const int Smallest = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SpooledOutput[]> _files = new(StringComparer.Ordinal);
    private readonly OutputDeletion _deletion = new(time, log);
    private volatile bool _isUsed;
    private long _number;

    /// <summary>False as long as no output was in a file, so that no job needs to be noted.</summary>
    public bool IsUsed => _isUsed;

    /// <summary>Takes over the output of a run: gives its file a second name, or reads a small one.</summary>
    /// <remarks>A second call has the same result, because the box may crash before it has recorded the first one.</remarks>
    /// <param name="path">The file, whose name is unique.</param>
    /// <param name="total">Number of bytes that were printed.</param>
    /// <param name="limit">The limit of the file in bytes.</param>
    /// <exception cref="IOException">The output is lost.</exception>
    /// <exception cref="UnauthorizedAccessException">The output is lost.</exception>
    public OutputData? Take(string path, long total, int limit)
    {
        if (Math.Min(total, limit) <= Smallest)
            return OutputData.Of(Convert.ToBase64String(OutputSpool.Read(path, total, limit)));

        // Readers of the live output may still need the former name, which the runner deletes.
        var output = Create(Path.GetFileName(path), total, limit);
        if (!File.Exists(output.Path) && LibC.Link(path, output.Path) < 0)
            File.Move(path, output.Path);
        Flush(output.Path);
        return output;
    }

    /// <summary>Takes over the output of a run of another user, who may have replaced the file: copies what belongs to that user.</summary>
    /// <param name="path">The file, whose name is unique.</param>
    /// <param name="owner">The uid of the user.</param>
    /// <param name="total">Number of bytes that were printed.</param>
    /// <param name="limit">The limit of the file in bytes.</param>
    /// <exception cref="IOException">The output is lost.</exception>
    /// <exception cref="UnauthorizedAccessException">The output is lost.</exception>
    public OutputData? Copy(string path, uint owner, long total, int limit)
    {
        if (Math.Min(total, limit) <= Smallest)
        {
            using var file = SpoolReader.Open(path, owner);
            return OutputData.Of(Convert.ToBase64String(OutputSpool.Read(file, total, limit)));
        }

        var output = Create(Path.GetFileName(path), total, limit);
        if (!File.Exists(output.Path))
            OutputCopy.Make(path, owner, output, folder.Flush);
        else
            folder.Flush?.NameOf(output.Path);
        return output;
    }

    /// <summary>Stores the large outputs of copies that another node sent.</summary>
    /// <param name="jobs">The copies.</param>
    /// <param name="find">Finds the present copies of jobs: an output that is known already is not stored again.</param>
    /// <returns>The copies, with large outputs in files. <see cref="DeleteRejected"/> must follow when they were merged.</returns>
    public IReadOnlyList<Job> Keep(IReadOnlyList<Job> jobs, Func<IReadOnlyList<string>, IReadOnlyList<Job?>> find)
    {
        var large = jobs.Where(job => IsLarge(job.Status.Stdout) || IsLarge(job.Status.Stderr)).Select(job => job.Id).ToList();
        if (large.Count is 0)
            return jobs;

        var known = find(large).OfType<Job>().ToDictionary(job => job.Id, StringComparer.Ordinal);
        return [.. jobs.Select(job => Keep(job, known.GetValueOrDefault(job.Id)))];
    }

    /// <summary>Deletes the outputs of copies that were not taken.</summary>
    public void DeleteRejected(IReadOnlyList<Job> jobs)
    {
        if (!_isUsed)
            return;

        foreach (var job in jobs)
        {
            var files = FilesOf(job);
            lock (_lock)
                _deletion.Add(files.Except(_files.GetValueOrDefault(job.Id, [])));
        }
    }

    /// <summary>The output that a reference of a file of the box names; null when it is gone.</summary>
    public OutputData? Find(string reference)
    {
        if (folder.Existing is not { } path || SpooledOutput.Of(path, reference) is not { } output || !File.Exists(output.Path))
            return null;

        _isUsed = true;
        return output;
    }

    /// <summary>Notes that a job has changed: outputs that it does not have any more are deleted.</summary>
    public void Changed(Job job)
    {
        var now = FilesOf(job);
        lock (_lock)
        {
            _deletion.Withdraw(now);
            if (_files.TryGetValue(job.Id, out var before))
                _deletion.Add(before.Except(now));
            if (now.Length > 0)
                _files[job.Id] = now;
            else if (before is not null)
                _ = _files.Remove(job.Id);
        }
    }

    /// <summary>Notes that a job is forgotten: its outputs are deleted.</summary>
    public void Removed(string id)
    {
        lock (_lock)
        {
            if (_files.Remove(id, out var files))
                _deletion.Add(files);
        }
    }

    /// <summary>Notes the jobs of a restored state, and deletes the files of no job, which a crash has left.</summary>
    /// <remarks>None is deleted as long as there are damaged files of the state: they may be repaired.</remarks>
    /// <param name="jobs">All jobs, and those with a tombstone.</param>
    /// <param name="endings">Ends of runs for the history.</param>
    /// <param name="runs">Runs whose outputs may have moved already, while their ends are yet to be recorded.</param>
    public void Restore(IReadOnlyCollection<Job> jobs, IReadOnlyCollection<Job> endings, IReadOnlyCollection<string> runs)
    {
        foreach (var job in jobs)
            Changed(job);

        if (folder.HasDamagedState)
            return;

        var going = runs.ToHashSet(StringComparer.Ordinal);
        var known = jobs.Concat(endings).SelectMany(FilesOf).Select(output => output.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var file in folder.Outputs)
        {
            if (!known.Contains(file) && !going.Contains(Path.GetFileNameWithoutExtension(file)))
                _deletion.DeleteNow(file);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _deletion.Dispose();

    private static SpooledOutput[] FilesOf(Job job) => [.. new[] { job.Status.Stdout, job.Status.Stderr }.OfType<SpooledOutput>()];

    private static bool IsLarge(OutputData? output) => output is not (null or SpooledOutput) && output.Length > Smallest * 2;

    private Job Keep(Job job, Job? known)
    {
        var isSameRun = known is not null && known.Ts == job.Ts && known.Status.StartCount == job.Status.StartCount;
        return job with
        {
            Status = job.Status with
            {
                Stdout = Keep(job.Status.Stdout, isSameRun ? known!.Status.Stdout : null),
                Stderr = Keep(job.Status.Stderr, isSameRun ? known!.Status.Stderr : null),
            },
        };
    }

    private OutputData? Keep(OutputData? output, OutputData? known)
    {
        if (!IsLarge(output))
            return output;
        if (known is SpooledOutput && known.Length == output!.Length)
            return known;
        if (output!.Text is not { } text)
            return output;

        try
        {
            return TryWrite(Convert.FromBase64String(text)) ?? output;
        }
        catch (FormatException)
        {
            // Not base64: it passes as it is.
            return output;
        }
    }

    // Null on a full disk, where the output stays in memory.
    private SpooledOutput? TryWrite(byte[] bytes)
    {
        SpooledOutput? file = null;
        try
        {
            file = Create(NewName(), bytes.Length, bytes.Length);
            using var stream = AppendFile.OpenPrivate(file.Path, FileShare.None, FileMode.Create);
            stream.Write(bytes);
            folder.Flush?.Content(stream.SafeFileHandle);
            folder.Flush?.NameOf(file.Path);
            return file;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (file is not null)
                _deletion.DeleteNow(file.Path);
            return null;
        }
    }

    private void Flush(string path)
    {
        if (folder.Flush is not { } flush)
            return;

        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        flush.Content(file);
        flush.NameOf(path);
    }

    private SpooledOutput Create(string name, long total, int limit)
    {
        var path = folder.Make();
        _isUsed = true;
        return new SpooledOutput(path, name, total, limit);
    }

    private string NewName() => string.Create(
        CultureInfo.InvariantCulture, $"{time.GetUtcNow().ToUnixTimeMilliseconds():x}-{Interlocked.Increment(ref _number):x}.out");
}
