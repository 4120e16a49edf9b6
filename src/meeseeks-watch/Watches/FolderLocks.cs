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

    private readonly IoFaultReporter _faults = new(settings.Path!, log);

    // The folders whose status files have the present name of the watch.
    private readonly HashSet<FileId> _ready = [];
    private FileId? _present;
    private string? _reported;
    private bool _isWaiting;

    /// <summary>Whether another watcher serves the folder.</summary>
    public bool IsWaiting => _isWaiting;

    /// <summary>The pause between two attempts. No event tells that a lock is free.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Replaces the settings. Locks of another name or place of status files are given up.</summary>
    public void Reconfigure(WatchSettings changed)
    {
        if ((changed.Name, changed.StatusPath) != (settings.Name, settings.StatusPath))
            Dispose();
        if (!changed.Was.SequenceEqual(settings.Was))
            _ready.Clear();
        settings = changed;
    }

    /// <summary>Passes the locks on to the watch that goes on in the place of this one.</summary>
    public FolderLocks PassOn(WatchSettings changed, Action gained, ILogger newLog)
    {
        Reconfigure(changed);
        (onGained, log) = (gained, newLog);
        return this;
    }

    /// <summary>Gets the lock of the folder that is at the path now.</summary>
    /// <returns>False when another watcher has it, so that the folder must not be touched.</returns>
    public bool TryHold()
    {
        // Without a folder there is nothing to lock. The read says what is wrong.
        if (HeldFolder.IdOf(settings.Path!) is not { } folder)
            return true;
        if (!_locks.TryGetValue(folder, out var found) && (found = Open(folder, settings.Name)) is null)
            return false;

        (_present, _locks[folder]) = (folder, found);
        if (found.IsHeld && _ready.Contains(folder))
        {
            if (found.IsInPlace)
                return true;
            log.Warning("the lock file of {Path} was removed or replaced, so that another meeseeks-watch may have come", settings.Path);
        }

        if (IsServedFromAbove(found))
            return false;
        var result = found.Try(Owner);

        // That of a folder above may have come meanwhile, and does not serve this one while it is locked.
        if (result is LockResult.Held && IsServedFromAbove(found))
        {
            found.Dispose();
            _ = _locks.Remove(folder);
            return false;
        }

        if (result is LockResult.NotWritable && settings.Depth == 0)
        {
            // The probe of the status files says so, before the first job. Sub-folders may be writable.
            found.Dispose();
            return _locks.Remove(folder);
        }

        if (result is LockResult.Busy)
        {
            ReportWait(settings.Name, found.Other);
            return false;
        }

        if (result is LockResult.Impossible or LockResult.NotWritable)
            ReportMissing(found.Problem);
        if (!_ready.Contains(folder) && !settings.Was.All(former => TryTakeAccount(folder, found.Folder, former)))
            return false;
        if (_isWaiting)
            log.Information("the other meeseeks-watch has ended; this one takes over {Path}", settings.Path);
        _isWaiting = false;
        if (_ready.Add(folder) || result is LockResult.Held)
            onGained();
        if (result is LockResult.Held)
            return true;
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
            _ = _ready.Remove(folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in _locks.Values)
            held.Dispose();
        _locks.Clear();
        _ready.Clear();
    }

    private LockOwner Owner => LockOwner.OfThisProcess(watcher, settings.Depth, time);

    // Status files that are elsewhere belong to one path, and not to the folders above, too.
    private bool IsServedFromAbove(FolderLock found)
    {
        if (settings.StatusPath is not null || found.FindAbove(settings.Name) is not { } owner)
            return false;
        ReportWait(settings.Name, owner);
        return true;
    }

    // Null when another folder has come meanwhile.
    private FolderLock? Open(FileId folder, string watch)
    {
        if (HeldFolder.TryOpen(settings.Path!) is not { } held)
            return null;
        if (held.Id != folder)
        {
            held.Dispose();
            return null;
        }

        return new FolderLock(held, settings.StatusPath is null ? null : MakeStatusFolder(), watch);
    }

    private string MakeStatusFolder()
    {
        var path = StatusFolder.Of(settings);
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

    // Another watcher may still serve the folder under the former name.
    private bool TryTakeAccount(FileId folder, string statusPath, string former)
    {
        if (Open(folder, former) is not { } other)
            return false;
        using (other)
        {
            if (other.Try(Owner) is LockResult.Busy)
            {
                ReportWait(former, other.Other);
                return false;
            }

            return _faults.Try($"take the account of watch {former}", "this watch does nothing until then", () =>
            {
                var count = FormerAccount.Take(settings, statusPath, former);
                if (count > 0)
                    log.Information("results of watch {Former} that are those of {Watch} now: {Count}", former, settings.Name, count);
            });
        }
    }

    private void ReportMissing(string? problem)
    {
        if (_reported == problem)
            return;
        _reported = problem;
        log.Warning("cannot lock {Path}: {Problem}; another meeseeks-watch would not be noticed", settings.Path, problem);
    }

    private void ReportWait(string watch, LockOwner? other)
    {
        if (_isWaiting)
            return;
        _isWaiting = true;
        log.Warning(
            "another meeseeks-watch{Owner} serves {Path} for watch {Watch}; {Consequence}",
            other is null ? "" : $" ({other})",
            settings.Path,
            watch,
            isOnce ? "nothing is done" : "this one waits and takes over when that ends");
    }
}
