using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Commands;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Commands;

/// <summary>What <c>status</c> prints, and how <c>status</c> and <c>again</c> sort their words.</summary>
public sealed class StatusReportTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1000);

    private static readonly WatchStatus Good = new()
    {
        Name = "in",
        Path = "/data/in",
        State = WatchStatus.IsRunning,
        Files = 1234,
        Done = 1200,
        LastFile = "a\n.dat",
        LastTs = 935,
        NextLookTs = 1030.2,
        LateTs = 1000 + 7200,
        IsLate = false,
    };

    [Fact]
    public void A_watch_is_a_row_with_details_below()
    {
        var group = new WaitingFiles("it is being written", 2, "b.dat");
        var waits = Good with { Name = "waiting", Failed = 1, Waiting = [group], IsLate = true };
        var lines = new StatusReport(Now, int.MaxValue, hasColor: false).Lines([new WatcherStatus("w", 7, null, [Good, waits])]);

        lines.Should().Equal(
            "watcher w, process 7",
            "WATCH    STATE    WAITING  RUNNING   DONE  FAILED  KILLED  LAST FILE",
            @"in       running        0        0  1,200       0       0  a\n.dat, 1m05s ago",
            "  /data/in: 1,234 files, next look in 31s, late in 2h00m",
            @"waiting  running        2        0  1,200       1       0  a\n.dat, 1m05s ago",
            "  /data/in: 1,234 files, next look in 31s",
            "  no new file has come in time (late)",
            "  2 waiting: it is being written (b.dat, ...)");
    }

    [Fact]
    public void Lines_fit_the_terminal_and_have_colours_only_there()
    {
        var held = Good with { State = "held up", Faults = ["cannot write status files: no space left on device"] };
        var plain = new StatusReport(Now, 40, hasColor: false).Lines([new WatcherStatus("w", 7, "away", [held])]).ToList();
        var coloured = new StatusReport(Now, 40, hasColor: true).Lines([new WatcherStatus("w", 7, "away", [held])]).ToList();

        plain.Should().OnlyContain(line => line.Length <= 40).And.NotContain(line => line.Contains('\e'));
        plain[^1].Should().Be("  cannot write status files: no space l…");
        coloured[^1].Should().Be($"\e[31m{plain[^1]}\e[0m");
    }

    [Theory]
    [InlineData(WatchStatus.IsRunning, 0, null, true)]
    [InlineData(WatchStatus.HasEnded, 0, null, true)]
    [InlineData("held up", 0, null, false)]
    [InlineData("busy", 0, null, false)]
    [InlineData(WatchStatus.IsSecond, 0, null, false)]
    [InlineData(WatchStatus.IsRunning, 1, null, false)]
    [InlineData(WatchStatus.IsRunning, 0, true, false)]
    public void All_is_well_when_nothing_is_held_up_late_or_failed(string state, int failed, bool? isLate, bool isWell)
    {
        var watch = Good with { State = state, Failed = failed, IsLate = isLate };

        StatusReport.IsWell(new WatcherStatus("w", 1, null, [watch])).Should().Be(isWell);
        StatusReport.IsWell(new WatcherStatus("w", 1, "away", [watch])).Should().BeFalse();
    }

    [Fact]
    public void Words_before_the_names_are_the_configuration()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("w.cfg");

        var call = ControlWords.Of([file, "client.port=7", "in", "a=b.dat", "c/d.dat", "index=2"], "index");

        call.Configuration.Should().Equal(file, "client.port=7");
        call.Names.Should().Equal("in", "a=b.dat", "c/d.dat");
        call.Options.Should().Equal(new Dictionary<string, string> { ["index"] = "2" });
    }
}
