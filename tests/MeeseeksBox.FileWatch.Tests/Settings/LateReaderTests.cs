using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The keys <c>late</c>, <c>on_late</c> and <c>control</c>, and what <c>--check</c> says of them.</summary>
public sealed class LateReaderTests
{
    private const string Good = """watch.w={"path":"/data","glob":"*","jobs":[{"pool":"p","args":["x"]}]}""";
    private const string OnLate = """watch.w.on_late={"pool":"p","args":["mail","%(name)s","%(path)s","%(late)s","%(last)s","%(whom)s"]}""";

    [Fact]
    public void Seconds_and_cron_expressions_are_read()
    {
        WatcherConfigurationReader.Read([Good]).Config!.Watches.Single().Late.Should().BeNull();
        var seconds = WatcherConfigurationReader.Read([Good, "watch.w.late=1.5", OnLate, "watch.w.whom=me"]);

        seconds.Lines.Should().BeEmpty();
        var late = seconds.Config!.Watches.Single().Late!;
        (late.Limit, late.Schedule, late.Job!.Keys).Should().BeEquivalentTo(
            ((TimeSpan?)TimeSpan.FromSeconds(1.5), (object?)null, new[] { "name", "path", "late", "last", "whom" }));
        WatcherConfigurationReader.Read([Good, "watch.w.late=0,30 6-18 * * MON-FRI"]).Config!.Watches.Single().Late!.Schedule
            .Should().NotBeNull();
        WatcherConfigurationReader.Read([Good, "watch.w.late=@hourly"]).Config!.Watches.Single().Late!.Schedule.Should().NotBeNull();
    }

    [Theory]
    [InlineData("watch.w.late=0", "watch.w.late: 0 is too small: the time must be more than 0 s")]
    [InlineData("watch.w.late=soon", "watch.w.late: 'soon' is not a number of seconds")]
    [InlineData("watch.w.late=15 * * *", "watch.w.late: '15 * * *' is neither a number of seconds nor a cron expression: ")]
    [InlineData("watch.w.late=0 6 * *", "cron expression: it has 4 fields, and needs 5: minute, hour, day of the month, month, day of")]
    [InlineData("watch.w.late=61 * * * *", "watch.w.late: '61 * * * *' is neither a number of seconds nor a cron expression: ")]
    [InlineData("control=x/../../../../../../../../../../../../../../../../../../../../../../../../../../../../tmp/"
        + "a-name-that-is-far-too-long-for-a-unix-socket-because-its-address-has-one-hundred-and-eight-bytes-at-most-and-no-more",
        "control: the path of a Unix socket has 108 bytes at most")]
    public void A_wrong_value_is_an_error(string word, string problem)
    {
        WatcherConfigurationReader.Read([Good, word]).Problems.Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Fact]
    public void A_wrong_job_is_an_error()
    {
        WatcherConfigurationReader.Read([Good, "watch.w.late=1", """watch.w.on_late={"args":["x"]}"""]).Problems
            .Should().ContainSingle().Which.Should().Contain("watch.w.on_late.0: pool: a job needs one");
        WatcherConfigurationReader.Read([Good, "watch.w.late=1", """watch.w.on_late={"pool":"p","args":["%(filename)s"]}"""]).Warnings
            .Should().ContainSingle().Which.Should().Contain("%(filename)s: there is no such value");
    }

    [Fact]
    public void A_contradiction_is_a_warning()
    {
        WatcherConfigurationReader.Read([Good, """watch.w.on_late={"pool":"p","args":["x"]}"""]).Warnings
            .Should().ContainSingle().Which.Should().Contain("on_late: ignored: late says when it runs, and is not set");
        WatcherConfigurationReader.Read(["""watch.w={"late":5,"jobs":[{"pool":"p","args":["x"]}]}"""]).Warnings
            .Should().ContainSingle().Which.Should().Contain("late: there is no glob, so that no files can be late");
    }

    [Theory]
    [InlineData("control=false", false, null)]
    [InlineData("control=/run/x.sock", true, "/run/x.sock")]
    [InlineData("refresh=1", true, null)]
    public void The_control_socket_may_be_elsewhere_or_absent(string word, bool has, string? path)
    {
        var result = WatcherConfigurationReader.Read([Good, word]);

        result.Lines.Should().BeEmpty();
        (result.Config!.HasControl, result.Config.Control).Should().Be((has, path));
    }
}
