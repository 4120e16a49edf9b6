using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Writes the results of a watch, and logs what prevents it.</summary>
/// <remarks>A fault of the folder holds up the watch. A fault of one name holds up its file only.</remarks>
internal sealed class StatusWriter
{
    /// <summary>The problem of a file whose status files cannot have their names.</summary>
    public const string TooLong = "the name is too long for the names of its status files";

    private readonly IoFaultReporter _folderFaults;
    private readonly IoFaultReporter _nameFaults;
    private readonly WatchedFolder _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DiskFlush _flush;
    private WatchSettings _settings;
    private StatusAccount _files;
    private StatusRecorder _recorder;

    // The folders in which status files could be written at the last attempt.
    private readonly HashSet<string> _writable = new(StringComparer.Ordinal);

    // The folders in which they could not, at the last plan.
    private HashSet<string> _refused = [];

    // What has results that are not flushed.
    private readonly HashSet<string> _unflushed = new(StringComparer.Ordinal);

    /// <summary>Makes a writer.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="folderFaults">Receives the faults that hold up the watch.</param>
    /// <param name="time">The source of the time.</param>
    /// <param name="log">The log of the watch.</param>
    /// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
    public StatusWriter(
        WatchSettings settings,
        WatchedFolder folder,
        IoFaultReporter folderFaults,
        TimeProvider time,
        ILogger log,
        DiskFlush? flush = null)
    {
        (_settings, _folder, _folderFaults, _time, _log, _flush) =
            (settings, folder, folderFaults, time, log, flush ?? DiskFlush.Real);
        _nameFaults = new IoFaultReporter(settings.Path!, log);
        _files = StatusAccount.Of(settings, () => folder.StatusPath);
        _recorder = new StatusRecorder(settings, _files, time);
    }

    /// <summary>Replaces the settings.</summary>
    public void Reconfigure(WatchSettings settings)
    {
        (_settings, _files) = (settings, StatusAccount.Of(settings, () => _folder.StatusPath));
        _recorder = new StatusRecorder(settings, _files, _time);
    }

    /// <summary>Writes the result of a job.</summary>
    /// <param name="path">The folder of the status files.</param>
    /// <param name="place">Where it belongs.</param>
    /// <param name="submission">The submission.</param>
    /// <param name="end">Its result.</param>
    /// <returns>False when it must be kept and tried again.</returns>
    public bool TryRecord(string path, ResultPlace place, Submission submission, JobEnd end)
    {
        var work = place.Work;
        var subfolder = RelativePath.FolderOf(work.FileName!);
        var account = StatusAccount.Of(_settings, () => path, subfolder);
        var recorder = new StatusRecorder(_settings, account, _time, _flush);
        string? warning = null;
        bool isWritten;
        try
        {
            isWritten = place.IsPresent
                ? TryIn(
                    subfolder,
                    $"results are kept and retried, from {submission.Id} on; {NothingFor(subfolder)}",
                    () => Record(_folder.Status))
                : _nameFaults.Try(
                    $"write {_files.Noun} into the former folder",
                    $"results are kept and retried, from {submission.Id} on",
                    () => Record(account.TableOf(work.Key)));
        }
        catch (StatusNameException problem)
        {
            if (place.IsPresent)
                FaultsOf(subfolder).Clear(WriteIn(subfolder));
            _nameFaults.Report(
                WriteFilesOf(work.FileName!),
                problem.Message,
                $"the result of job {submission.Id} is kept and retried; other files go on");
            return false;
        }

        if (!isWritten)
            return false;
        _nameFaults.Clear(WriteFilesOf(work.FileName!));
        _ = _unflushed.Add(account.FlushedFor(work.Key));
        if (warning is not null)
            _log.Warning("an outdated status file cannot be removed: {Problem}; the result of job {Job} counts", warning, submission.Id);
        return true;

        void Record(StatusTable table)
        {
            if (_settings.StatusPath is not null)
                StatusFolder.MakeOf(path, subfolder);
            warning = recorder.Record(table, work, end);
        }
    }

    /// <summary>Flushes the written results to the disk: those of one folder together.</summary>
    /// <returns>False when they may not be there after a power cut, so that the box must keep their jobs.</returns>
    public bool TryFlush()
    {
        var all = _unflushed.ToList();
        _unflushed.Clear();
        return _nameFaults.Try(
            $"flush {_files.Noun} to the disk",
            "the results count, and their jobs are not acknowledged: the next start records them again",
            () => all.ForEach(_flush.Of));
    }

    /// <summary>Removes the results of a file that was removed, and is there again (<see cref="StatusRecorder.Forget"/>).</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryForget(string file, long made)
    {
        var isForgotten = false;
        _ = _nameFaults.Try(
            "remove status files", "retried at the next scan", () => isForgotten = _recorder.Forget(_folder.Status, file, made));
        return isForgotten;
    }

    /// <summary>Records that a file is another one than at its last run, although its time of change is the same.</summary>
    /// <remarks>The next smaller time is recorded, so that the file has changed for each version of the watcher.</remarks>
    public void NoteOther(WorkKey key, long mtime) =>
        _ = _nameFaults.Try("record changes", "retried at the next change", () => Note(key, mtime - 1));

    /// <summary>Writes the marks of a plan, after a check that status files can be written, before its jobs are submitted.</summary>
    /// <remarks>What concerns a sub-folder that takes no status files is removed from the plan.</remarks>
    /// <returns>False when the folder takes no status files, so that no job may be submitted.</returns>
    public bool TryPrepare(Plan plan)
    {
        var files = plan.Due.Select(work => work.FileName!)
            .Concat(plan.Marks.Select(mark => mark.FileName))
            .Concat(plan.Notes.Select(note => note.Key.FileName));
        var refused = files.Select(RelativePath.FolderOf).Distinct().ToList().Where(folder => !TryProbe(folder)).ToHashSet();
        RefusesMore = !refused.IsSubsetOf(_refused);
        _refused = refused;
        if (refused.Contains(string.Empty) && _settings.Depth == 0)
            return false;
        _ = plan.Due.RemoveAll(work => refused.Contains(RelativePath.FolderOf(work.FileName!)));
        _ = plan.Marks.RemoveAll(mark => refused.Contains(RelativePath.FolderOf(mark.FileName)));
        _ = plan.Notes.RemoveAll(note => refused.Contains(RelativePath.FolderOf(note.Key.FileName)));
        return plan.Marks.Count + plan.Notes.Count == 0
            || TryIn(string.Empty, NothingFor(string.Empty), () => Write(plan));
    }

    /// <summary>Whether the last plan had work for a folder that takes none, and the plan before had not.</summary>
    public bool RefusesMore { get; private set; }

    /// <summary>Whether the last plan had work for a folder that takes no status files.</summary>
    public bool IsRefused(string folder) => _refused.Count > 0 && _refused.Contains(folder);

    /// <summary>Whether a result of a file can be written, as far as names tell. The log says why not.</summary>
    public bool CanRecord(WorkKey key)
    {
        if (_files.ObstacleOf(key) is { } obstacle)
        {
            _nameFaults.Report(
                WriteFilesOf(key.FileName), obstacle, "no job is submitted for this file until then");
            return false;
        }

        _nameFaults.Clear(WriteFilesOf(key.FileName));
        return true;
    }

    /// <summary>Whether the status files of a file have names short enough for the file system.</summary>
    public bool CanStand(WorkKey key) => _files.CanStand(key);

    /// <summary>Why no job can be submitted for a file at present; null when nothing is known that prevents it.</summary>
    public string? ProblemOf(WorkKey key) =>
        _folderFaults.Present.FirstOrDefault()
        ?? (_files.CanStand(key) ? _files.ObstacleOf(key) : TooLong)
        ?? (IsRefused(RelativePath.FolderOf(key.FileName)) ? _nameFaults.Present.FirstOrDefault() : null);

    /// <summary>The present faults of status files.</summary>
    public IEnumerable<string> Faults => _nameFaults.Present;

    /// <summary>Removes the results of work, so that it runs again. Those of other files stay when one cannot be removed.</summary>
    /// <returns>Why a status file cannot be removed; null when all are.</returns>
    public string? RemoveResults(WorkKey key)
    {
        try
        {
            foreach (var state in Enum.GetValues<StatusState>().Where(_folder.Status[key].Has))
                _files.Remove(_folder.Status, key, state);
            return null;
        }
        catch (IOException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>The time of a status file; null when it does not exist.</summary>
    public DateTimeOffset? WrittenAt(WorkKey key, StatusState state) => _files.WrittenAt(key, state);

    /// <summary>Removes the old status files of removed files.</summary>
    public void Clean(IReadOnlySet<WorkKey> inFlight) =>
        _ = _nameFaults.Try(
            "remove status files",
            "retried at the next scan",
            () => _recorder.Clean(_folder.Snapshot(), inFlight, _folder.IsEmptyFolder));

    private void Note(WorkKey key, long mtime)
    {
        try
        {
            _files.Note(_folder.Status, key, mtime);
        }
        catch (StatusNameException problem)
        {
            // It holds up no other file.
            throw new IOException(problem.Message, problem);
        }
    }

    private string WriteFilesOf(string file) => $"write the {_files.Noun} of {file}";

    private string WriteIn(string folder) => $"write {_files.Noun}{(folder.Length == 0 ? "" : $" in {folder}")}";

    private static string NothingFor(string folder) =>
        folder.Length == 0 ? "this watch submits nothing until then" : "nothing is submitted for this sub-folder until then";

    // A fault of a sub-folder holds up no other one.
    private IoFaultReporter FaultsOf(string folder) => folder.Length == 0 && _settings.Depth == 0 ? _folderFaults : _nameFaults;

    private bool TryIn(string folder, string consequence, Action action)
    {
        var isDone = FaultsOf(folder).Try(WriteIn(folder), consequence, action);
        _ = isDone ? _writable.Add(folder) : _writable.Remove(folder);
        return isDone;
    }

    private bool TryProbe(string folder) => (_writable.Contains(folder) && HasStatusFolder(folder)) || TryIn(
        folder, $"{NothingFor(folder)}{(_settings.StatusPath is null ? $"; {_files.Alternative}" : "")}", () => Probe(folder));

    // Without one, as after its removal, nothing is written before it is made again.
    private bool HasStatusFolder(string folder) =>
        _settings.StatusPath is null || ByteFile.IsFolder(Path.Join(_folder.StatusPath, folder));

    private void Probe(string folder)
    {
        if (_settings.StatusPath is not null)
            _files.Make(folder);
        _files.Probe(folder);
        _folder.SubscribeStatus();
    }

    private void Write(Plan plan) => _recorder.Write(_folder.Status, plan, (file, problem) =>
    {
        var what = $"mark {file} as processed";
        if (problem is null)
            _nameFaults.Clear(what);
        else
            _nameFaults.Report(what, problem, "retried; other files go on");
    });
}
