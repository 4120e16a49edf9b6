using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;
using Serilog;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>The locks of one watch: on the folder at its path, and on former ones whose results are not recorded yet.</summary>
/// <param name="settings">The watch.</param>
/// <param name="watcher">The name of this watcher.</param>
/// <param name="onGained">Called with a new lock: what is known of the folder may be outdated.</param>
/// <param name="isOnce">Whether the watch ends instead of a wait.</param>
/// <param name="time">The source of the time.</param>
/// <param name="log">The log of the watch.</param>
internal sealed class FolderLocks(WatchSettings settings, string watcher, Action onGained, bool isOnce, TimeProvider time, ILogger log)
    : IDisposable
{
    private readonly Dictionary<FileId, FolderLock> _locks = [];
    private WatchSettings _settings = settings;
    private FileId? _present;
    private string? _reported;
    private bool _isWaiting;

    /// <summary>The pause between two attempts. No event tells that a lock is free.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Replaces the settings.</summary>
    public void Reconfigure(WatchSettings settings) => _settings = settings;

    /// <summary>Gets the lock of the folder that is at the path now.</summary>
    /// <returns>False when another watcher has it, so that the folder must not be touched.</returns>
    public bool TryHold()
    {
        // Without a folder there is nothing to lock. The read says what is wrong.
        if (HeldFolder.IdOf(_settings.Path!) is not { } folder)
            return true;
        if (!_locks.TryGetValue(folder, out var found) && (found = Open(folder)) is null)
            return false;

        _present = folder;
        if (found.IsHeld)
            return true;
        var result = found.Try(new LockOwner(HostName.Read(), Environment.ProcessId, watcher, time.GetUtcNow()));
        if (result is LockResult.Busy)
        {
            ReportWait(found.Other);
            return false;
        }

        if (_isWaiting)
            log.Information("the other meeseeks-watch has ended; this one takes over {Path}", _settings.Path);
        _isWaiting = false;
        if (result is LockResult.Held)
        {
            onGained();
            return true;
        }

        ReportMissing(result, found.Problem);
        found.Dispose();
        return _locks.Remove(folder);
    }

    /// <summary>Whether a folder is that of the last attempt.</summary>
    public bool IsOf(FileId? folder) => _present == folder;

    /// <summary>Gives up the locks of former folders.</summary>
    /// <param name="isInFlight">Whether a folder has jobs whose results are not recorded.</param>
    public void Release(Func<FileId, bool> isInFlight)
    {
        foreach (var folder in _locks.Keys.Where(folder => folder != _present && !isInFlight(folder)).ToList())
        {
            _locks[folder].Dispose();
            _ = _locks.Remove(folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in _locks.Values)
            held.Dispose();
        _locks.Clear();
    }

    // Null when another folder has come meanwhile.
    private FolderLock? Open(FileId folder)
    {
        if (HeldFolder.TryOpen(_settings.Path!) is not { } held)
            return null;
        if (held.Id != folder)
        {
            held.Dispose();
            return null;
        }

        return _locks[folder] = new FolderLock(held, _settings.StatusPath is null ? null : MakeStatusFolder(), _settings.Name);
    }

    private string MakeStatusFolder()
    {
        var path = StatusFolder.Of(_settings);
        try
        {
            StatusFolder.Make(path);
        }
        catch (StatusFolderException)
        {
            // The probe before the first job says why.
        }

        return path;
    }

    // A folder that takes no files is an error of its status files, before the first job.
    private void ReportMissing(LockResult result, string? problem)
    {
        if (result is LockResult.NotWritable || _reported == problem)
            return;
        _reported = problem;
        log.Warning("cannot lock {Path}: {Problem}; another meeseeks-watch would not be noticed", _settings.Path, problem);
    }

    private void ReportWait(LockOwner? other)
    {
        if (_isWaiting)
            return;
        _isWaiting = true;
        log.Warning(
            "another meeseeks-watch{Owner} serves {Path} for watch {Watch}; {Consequence}",
            other is null ? "" : $" ({other.Host}, {other.Pid}, since {other.Since:yyyy-MM-dd HH:mm:ss}Z)",
            _settings.Path,
            _settings.Name,
            isOnce ? "nothing is done" : "this one waits and takes over when that ends");
    }
}
