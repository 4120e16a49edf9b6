namespace MeeseeksBox.FileWatch.Rules;

/// <summary>When a whole folder is read again (docs/WATCH.md#large-folders).</summary>
/// <remarks>Times are in units of 100 ns of a clock that nobody sets.</remarks>
public sealed class ScanSchedule
{
    /// <summary>The number of files from which a folder is large.</summary>
    public const int LargeFolder = 50_000;

    // A large folder is read for at most 1 % of the time.
    private const int PausesOfRead = 100;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private long? _begun;
    private bool _hasEnded;
    private TimeSpan _length;

    /// <summary>Whether the folder was read, and nothing has asked for another read.</summary>
    public bool IsRead => _begun is not null;

    /// <summary>Whether the last read has failed. Until the next one, nothing is known of the folder, nor of parts of it.</summary>
    public bool HasFailed => IsRead && !_hasEnded;

    /// <summary>Records the begin of a read.</summary>
    public void Begin(long ticks) => (_begun, _hasEnded, _length) = (ticks, false, TimeSpan.Zero);

    /// <summary>Records the end of a read that has not failed.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan End(long ticks)
    {
        _hasEnded = true;
        return _length = TimeSpan.FromTicks(ticks - _begun!.Value);
    }

    /// <summary>Asks for another read at once.</summary>
    public void Restart() => _begun = null;

    /// <summary>The time until the next read, 0 or less when it is due; null when one was asked for.</summary>
    /// <param name="rescan">The usual pause from one begin to the next.</param>
    /// <param name="isPrecaution">Whether the folder is large, and the system reports all changes: the pause is then longer.</param>
    /// <param name="ticks">The time.</param>
    public TimeSpan? UntilNext(TimeSpan rescan, bool isPrecaution, long ticks)
    {
        if (_begun is not { } begun)
            return null;
        var pause = isPrecaution ? _length * PausesOfRead : TimeSpan.Zero;
        pause = pause < LongestPause ? pause : LongestPause;
        return (pause > rescan ? pause : rescan) - TimeSpan.FromTicks(ticks - begun);
    }
}
