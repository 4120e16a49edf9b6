using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>When no new files come (docs/SPECIFICATION.md#late-files).</summary>
public sealed class LateTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 10, 10, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Begin;
    private TimeSpan _ticks = TimeSpan.FromDays(1);

    private long Now => At(_now);

    [Fact]
    public void A_silence_is_reported_once_and_its_end_too()
    {
        var late = Limit(60);
        late.UntilNext(Now, _ticks.Ticks).Should().Be(TimeSpan.FromSeconds(60));
        Pass(59);
        late.Check(Now, _ticks.Ticks).Should().BeNull();
        Pass(1);

        late.Check(Now, _ticks.Ticks).Should().Be(new LateAlarm(At(Begin.AddSeconds(60)), TimeSpan.FromSeconds(60), null));
        Pass(1000);
        late.Check(Now, _ticks.Ticks).Should().BeNull();
        late.UntilNext(Now, _ticks.Ticks).Should().BeNull();
        late.AddFile("a", Now, Now, _ticks.Ticks).Should().Be(TimeSpan.FromSeconds(1060));
        late.AddFile("b", Now, Now, _ticks.Ticks).Should().BeNull();
        Pass(60);
        late.Check(Now, _ticks.Ticks)!.LastFile.Should().Be("b");
    }

    [Fact]
    public void The_same_file_is_new_once()
    {
        var late = Limit(60);
        var came = Now;
        _ = late.AddFile("a", came, Now, _ticks.Ticks);
        for (var i = 0; i < 6; i++)
        {
            Pass(10);
            _ = late.AddFile("a", came, Now, _ticks.Ticks);
        }

        late.Check(Now, _ticks.Ticks)!.Silence.Should().Be(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_silence_is_measured_without_the_wall_clock()
    {
        var late = Limit(60);
        _now += TimeSpan.FromHours(5);
        late.Check(Now, _ticks.Ticks).Should().BeNull();
        _now -= TimeSpan.FromDays(9);
        _ticks += TimeSpan.FromSeconds(60);
        late.Check(Now, _ticks.Ticks).Should().NotBeNull();
    }

    [Fact]
    public void A_time_ahead_counts_once_as_now()
    {
        var late = Limit(60);
        var ahead = Now + TimeSpan.TicksPerDay;
        _ = late.AddFile("a", ahead, Now, _ticks.Ticks);
        Pass(59);
        _ = late.AddFile("a", ahead, Now, _ticks.Ticks);
        Pass(1);
        late.Check(Now, _ticks.Ticks).Should().NotBeNull();
        late.AddFile("b", ahead + 1, Now, _ticks.Ticks).Should().NotBeNull();
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(61, true)]
    public void A_restart_neither_raises_a_false_alarm_nor_hides_a_true_one(int seconds, bool isLate)
    {
        var first = Limit(60);
        _ = first.AddFile("a", Now, Now, _ticks.Ticks);
        var kept = first.Account;
        Restart(seconds);
        var second = Limit(60);
        second.Restore(kept, Now, _ticks.Ticks);

        (second.Check(Now, _ticks.Ticks) is not null).Should().Be(isLate);
    }

    [Fact]
    public void A_restart_repeats_no_alarm_unless_the_limit_has_changed()
    {
        var first = Limit(60);
        Pass(60);
        _ = first.Check(Now, _ticks.Ticks);
        Restart(100);
        var (same, longer) = (Limit(60), Limit(150));
        same.Restore(first.Account, Now, _ticks.Ticks);
        longer.Restore(first.Account, Now, _ticks.Ticks);

        same.Check(Now, _ticks.Ticks).Should().BeNull();
        same.AddFile("a", Now, Now, _ticks.Ticks).Should().Be(TimeSpan.FromSeconds(160));
        longer.Check(Now, _ticks.Ticks).Should().NotBeNull();
    }

    [Fact]
    public void A_file_that_came_while_no_watcher_ran_counts_by_its_time()
    {
        var first = Limit(60);
        Restart(100);
        var came = Now - (50 * TimeSpan.TicksPerSecond);
        var second = Limit(60);
        second.Restore(first.Account, Now, _ticks.Ticks);
        _ = second.AddFile("a", came, Now, _ticks.Ticks);

        second.Check(Now, _ticks.Ticks).Should().BeNull();
        second.UntilNext(Now, _ticks.Ticks).Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Each_missed_moment_is_reported_once()
    {
        var late = Cron("15 * * * *");
        var alarms = new List<long>();
        for (var minute = 0; minute < 6 * 60; minute++)
        {
            if (minute is 20 or 130)
                _ = late.AddFile($"f{minute}", Now, Now, _ticks.Ticks);
            if (late.Check(Now, _ticks.Ticks) is { } alarm)
                alarms.Add(alarm.DueAt);
            Pass(60);
        }

        // From 10:15 to 11:15 f20 has come, from 12:10 on f130. The time before 10:15 is not known.
        alarms.Should().Equal(At(Begin.AddMinutes(195)), At(Begin.AddMinutes(255)), At(Begin.AddMinutes(315)));
    }

    [Fact]
    public void Of_the_moments_that_passed_while_no_watcher_ran_the_last_one_counts()
    {
        var first = Cron("*/10 * * * *");
        _ = first.AddFile("a", Now, Now, _ticks.Ticks);
        Restart(3600 * 24);
        var second = Cron("*/10 * * * *");
        second.Restore(first.Account, Now, _ticks.Ticks);

        second.Check(Now, _ticks.Ticks)!.DueAt.Should().Be(Now);
        second.Check(Now, _ticks.Ticks).Should().BeNull();
        Restart(5);
        var third = Cron("*/10 * * * *");
        third.Restore(second.Account, Now, _ticks.Ticks);
        third.Check(Now, _ticks.Ticks).Should().BeNull();
    }

    [Fact]
    public void A_moment_is_not_repeated_when_the_clock_is_set_back()
    {
        var late = Cron("*/10 * * * *");
        Pass(1200);
        late.Check(Now, _ticks.Ticks).Should().NotBeNull();
        _now -= TimeSpan.FromMinutes(7);
        late.Check(Now, _ticks.Ticks).Should().BeNull();
        Pass(7 * 60);
        late.Check(Now, _ticks.Ticks).Should().BeNull();
        Pass(600);
        late.Check(Now, _ticks.Ticks).Should().NotBeNull();
    }

    [Theory]
    [InlineData("2026-03-29T00:59:00+00:00", "2026-03-29T01:00:00+00:00")]
    [InlineData("2026-10-25T00:29:00+00:00", "2026-10-25T00:30:00+00:00")]
    [InlineData("2026-10-25T00:31:00+00:00", "2026-10-26T01:30:00+00:00")]
    public void Moments_follow_the_time_zone(string after, string moment)
    {
        var schedule = CronSchedule.Parse("30 2 * * *", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Value!;

        schedule.Next(At(DateTimeOffset.Parse(after, null))).Should().Be(At(DateTimeOffset.Parse(moment, null)));
    }

    [Fact]
    public void Moments_may_be_years_apart()
    {
        _now = new DateTimeOffset(2028, 2, 28, 23, 59, 0, TimeSpan.Zero);
        var late = Cron("0 0 29 2 *");
        late.Restore(new LateAccount("a", At(new DateTimeOffset(2024, 2, 28, 0, 0, 0, TimeSpan.Zero)), 0, false), Now, _ticks.Ticks);
        Pass(60);

        late.Check(Now, _ticks.Ticks)!.DueAt.Should().Be(Now);
    }

    private static long At(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks;

    private LateDetector Limit(int seconds) => new(TimeSpan.FromSeconds(seconds), null, Now, _ticks.Ticks);

    private LateDetector Cron(string text) => new(null, CronSchedule.Parse(text, TimeZoneInfo.Utc).Value, Now, _ticks.Ticks);

    private void Pass(int seconds) => (_now, _ticks) = (_now.AddSeconds(seconds), _ticks + TimeSpan.FromSeconds(seconds));

    // The other clock begins anew.
    private void Restart(int seconds) => (_now, _ticks) = (_now.AddSeconds(seconds), TimeSpan.FromSeconds(7));
}
