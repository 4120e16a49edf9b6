using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Notices that no new files come (docs/SPECIFICATION.md#late-files).</summary>
/// <remarks>
/// Times are in units of 100 ns: <c>now</c> since 1970, and <c>ticks</c> of a clock that nobody sets, which measures silences.
/// </remarks>
public sealed class LateDetector
{
    // The largest span that is searched for the moment before another one: moments may be years apart (29 February).
    private const long LongestSearch = 10 * 366 * TimeSpan.TicksPerDay;

    private readonly TimeSpan? _limit;
    private readonly ISchedule? _schedule;
    private long _at;
    private long _atTicks;
    private long _handled;

    // The latest time of a file that lay ahead. Such times are of another clock: each counts once.
    private long _ahead;
    private (long From, long? Occurrence)? _next;

    // A moment may have passed while no instance ran.
    private bool _isChecked;

    /// <summary>Begins without files.</summary>
    /// <param name="limit">The longest time without a new file; null with a schedule.</param>
    /// <param name="schedule">The moments by which one must have come; null with a limit.</param>
    /// <param name="now">The time.</param>
    /// <param name="ticks">The same time, of the other clock.</param>
    public LateDetector(TimeSpan? limit, ISchedule? schedule, long now, long ticks)
    {
        (_limit, _schedule) = (limit, schedule);
        (_at, _atTicks, _handled) = (now, ticks, now);
    }

    /// <summary>What must be kept over a restart.</summary>
    public LateAccount Account => new(LastFile, _at, _handled, IsLate);

    /// <summary>The last new file; null when there was none.</summary>
    public string? LastFile { get; private set; }

    /// <summary>Whether an alarm was given, and no file has come since.</summary>
    public bool IsLate { get; private set; }

    /// <summary>Takes what an earlier instance has kept.</summary>
    public void Restore(LateAccount account, long now, long ticks)
    {
        (LastFile, _handled) = (account.File, account.Handled);
        SetLast(Math.Min(account.At, now), now, ticks);
        IsLate = account.IsLate && !(_handled < _at + _limit?.Ticks);
        _isChecked = false;
    }

    /// <summary>Takes a file that is complete. The same file again changes nothing.</summary>
    /// <param name="name">The file.</param>
    /// <param name="changed">The time of its last change of any kind (ctime).</param>
    /// <param name="now">The time.</param>
    /// <param name="ticks">The same time, of the other clock.</param>
    /// <returns>The silence that the file has ended; null without an alarm before it.</returns>
    public TimeSpan? AddFile(string name, long changed, long now, long ticks)
    {
        if (changed > now)
        {
            if (changed <= _ahead)
                return null;
            (_ahead, changed) = (changed, now);
        }

        if (LastFile is not null && (changed < _at || (changed == _at && name == LastFile)))
            return null;
        var silence = TimeSpan.FromTicks(Math.Max(changed - _at, 0));
        var wasLate = IsLate && changed > _at;
        LastFile = name;
        SetLast(changed, now, ticks);
        IsLate &= !wasLate;
        return wasLate ? silence : null;
    }

    /// <summary>The alarm of now; null when there is none.</summary>
    public LateAlarm? Check(long now, long ticks)
    {
        var alarm = _schedule is null ? CheckLimit(ticks) : CheckSchedule(_schedule, now, ticks);
        IsLate |= alarm is not null;
        return alarm;
    }

    /// <summary>The time until the next check; null when only a file makes one necessary.</summary>
    public TimeSpan? UntilNext(long now, long ticks)
    {
        if (_schedule is not null)
            return NextOccurrence(_schedule, now) is { } occurrence ? TimeSpan.FromTicks(occurrence - now) : null;
        return IsLate ? null : TimeSpan.FromTicks(Math.Max(_atTicks + _limit!.Value.Ticks - ticks, 0));
    }

    private LateAlarm? CheckLimit(long ticks)
    {
        var silence = TimeSpan.FromTicks(ticks - _atTicks);
        if (IsLate || silence < _limit)
            return null;
        _handled = _at + _limit!.Value.Ticks;
        return new LateAlarm(_handled, silence, LastFile);
    }

    // Of several moments in a row, as after a suspend, the last one counts.
    private LateAlarm? CheckSchedule(ISchedule schedule, long now, long ticks)
    {
        if (_isChecked && !(NextOccurrence(schedule, now) <= now))
            return null;
        _isChecked = true;
        _next = (now, schedule.Next(now));
        if (Before(schedule, now + 1) is not { } occurrence || occurrence <= _handled)
            return null;
        _handled = occurrence;

        // Without a file, the time counts from the first start.
        return !(_at <= Before(schedule, occurrence)) ? null : new LateAlarm(occurrence, TimeSpan.FromTicks(ticks - _atTicks), LastFile);
    }

    // The clock may be set back.
    private long? NextOccurrence(ISchedule schedule, long now)
    {
        if (_next is not { } known || now < known.From)
            _next = (now, schedule.Next(now));
        return _next!.Value.Occurrence;
    }

    private static long? Before(ISchedule schedule, long time)
    {
        for (var span = TimeSpan.TicksPerMinute; span < LongestSearch; span *= 2)
        {
            long? last = null;
            for (var occurrence = schedule.Next(time - span); occurrence < time; occurrence = schedule.Next(occurrence.Value))
                last = occurrence;
            if (last is not null)
                return last;
        }

        return null;
    }

    private void SetLast(long at, long now, long ticks) => (_at, _atTicks) = (at, ticks - (now - at));
}
