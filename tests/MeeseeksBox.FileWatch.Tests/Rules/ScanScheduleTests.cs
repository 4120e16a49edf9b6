using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>When a whole folder is read again (docs/WATCH.md#large-folders).</summary>
public sealed class ScanScheduleTests
{
    private readonly ScanSchedule _scans = new();

    [Fact]
    public void The_first_read_is_due_at_once()
    {
        Until(0).Should().BeNull();
        _scans.IsRead.Should().BeFalse();
    }

    [Fact]
    public void A_folder_is_read_rescan_after_the_last_begin()
    {
        Read(from: 100, to: 103);

        Until(103).Should().Be(57);
        Until(160).Should().Be(0);
        Until(170).Should().Be(-10);
    }

    [Fact]
    public void A_read_is_a_hundredth_of_the_time_where_it_is_a_precaution()
    {
        Read(from: 100, to: 103);

        Until(103, isPrecaution: true).Should().Be(297);
        Until(400, isPrecaution: true).Should().Be(0);
    }

    [Fact]
    public void A_precaution_is_taken_each_ten_minutes()
    {
        Read(from: 0, to: 7);

        Until(7, isPrecaution: true).Should().Be(593);
        Until(7, isPrecaution: true, rescan: 1000).Should().Be(993, "rescan is longer");
    }

    [Fact]
    public void A_read_that_failed_is_repeated_after_rescan()
    {
        Read(from: 0, to: 7);
        _scans.Begin(At(600));

        Until(605, isPrecaution: true).Should().Be(55);
    }

    [Fact]
    public void A_read_can_be_asked_for()
    {
        Read(from: 100, to: 103);

        _scans.Restart();

        Until(104).Should().BeNull();
        _scans.IsRead.Should().BeFalse();
    }

    [Fact]
    public void A_read_that_has_not_ended_has_failed_until_the_next_one_ends()
    {
        _scans.HasFailed.Should().BeFalse();
        Read(from: 0, to: 1);
        _scans.HasFailed.Should().BeFalse();

        _scans.Begin(At(60));

        _scans.HasFailed.Should().BeTrue();
        Read(from: 120, to: 121);
        _scans.HasFailed.Should().BeFalse();
    }

    private void Read(int from, int to)
    {
        _scans.Begin(At(from));
        _scans.End(At(to)).Should().Be(TimeSpan.FromSeconds(to - from));
    }

    private double? Until(int second, bool isPrecaution = false, int rescan = 60) =>
        _scans.UntilNext(TimeSpan.FromSeconds(rescan), isPrecaution, At(second))?.TotalSeconds;

    private static long At(int second) => TimeSpan.FromSeconds(second).Ticks;
}
