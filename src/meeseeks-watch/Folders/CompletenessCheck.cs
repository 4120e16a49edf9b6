using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Finds whether a file can be processed, just before its job is submitted (docs/WATCH.md#when-a-file-is-complete).</summary>
/// <param name="openFiles">What is known of the files of the folder that are being written.</param>
/// <param name="time">The clock.</param>
internal sealed class CompletenessCheck(OpenFileTracker openFiles, TimeProvider time)
{
    // Where the system does not tell who writes a file. Uploads pause seldom for so long.
    private static readonly TimeSpan UsualQuietTime = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (FileFacts Facts, long Since, TimeSpan QuietTime)> _changing = new(StringComparer.Ordinal);

    /// <summary>The time until the first of the files that may be complete later; null when there is none.</summary>
    public TimeSpan? UntilQuiet => _changing.Count is 0 ? null : _changing.Values.Min(Left);

    /// <summary>The files that have not changed for long enough to be looked at again.</summary>
    public IReadOnlyList<string> NowQuiet =>
        [.. _changing.Where(entry => Left(entry.Value) <= TimeSpan.Zero).Select(entry => entry.Key)];

    /// <summary>Looks at a file.</summary>
    /// <param name="name">The file.</param>
    /// <param name="quietTime">How long it may not have changed; null: as long as the file system needs.</param>
    /// <param name="hasAttributes">Whether a change of its attributes is none of the file, as where they hold results.</param>
    /// <returns>Null when it does not exist.</returns>
    public FileReadiness? Of(string name, TimeSpan? quietTime, bool hasAttributes = false)
    {
        var full = openFiles.PathOf(name);
        if (FileKind.FactsOf(full) is not { } facts)
        {
            _ = _changing.Remove(name);
            return FileKind.FactsOf(full, isFollowed: false) is null ? null : FileReadiness.DanglingLink;
        }

        if (facts.Kind is not FileKind.Regular)
            return FileReadiness.NotRegular;

        var writers = openFiles.WritersOf(name);
        if (writers is Writers.Some && IsStillWritten(name))
        {
            _ = _changing.Remove(name);
            return FileReadiness.BeingWritten;
        }

        var isKnown = writers is not Writers.Unknown || openFiles.IsCompleted(name);
        var wait = quietTime ?? (isKnown ? TimeSpan.Zero : UsualQuietTime);
        var isOld = writers is not Writers.Unknown && IsOld(facts, wait);
        facts = hasAttributes ? facts with { ChangeTime = 0 } : facts;
        return IsQuiet(name, facts, wait, isOld) ? FileReadiness.Ready : FileReadiness.Changing;
    }

    /// <summary>Forgets files that do not exist any more.</summary>
    public void Keep(Func<string, bool> exists)
    {
        foreach (var name in _changing.Keys.Where(name => !exists(name)).ToList())
            _ = _changing.Remove(name);
    }

    // The close may have been told before the tracker knows that the file is written.
    private bool IsStillWritten(string name)
    {
        openFiles.Add(name);
        if (openFiles.WritersOf(name) is Writers.Some)
            return true;

        openFiles.Forget(name);
        return false;
    }

    private bool IsQuiet(string name, FileFacts facts, TimeSpan wait, bool isOld)
    {
        if (wait <= TimeSpan.Zero || isOld)
        {
            _ = _changing.Remove(name);
            return true;
        }

        if (!_changing.TryGetValue(name, out var known) || known.Facts != facts || known.QuietTime != wait)
            _changing[name] = known = (facts, time.GetTimestamp(), wait);
        if (Left(known) > TimeSpan.Zero)
            return false;

        _ = _changing.Remove(name);
        return true;
    }

    // The change time is of the clock of this host, and nobody can set it. One that lies ahead says nothing.
    private bool IsOld(FileFacts facts, TimeSpan wait)
    {
        var age = FileTime.Of(time.GetUtcNow()) - facts.ChangeTime;
        return age >= wait.Ticks;
    }

    private TimeSpan Left((FileFacts Facts, long Since, TimeSpan QuietTime) entry) => entry.QuietTime - time.GetElapsedTime(entry.Since);
}
