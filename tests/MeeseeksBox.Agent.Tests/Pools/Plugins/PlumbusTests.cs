using MeeseeksBox.Agent.Pools.Plugins;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Plugins;

// plugins/Plumbus is a working sample with a test (docs/SPECIFICATION.md#plugins).
public sealed class PlumbusTests
{
    [Fact]
    public async Task A_plumbus_is_made_part_by_part()
    {
        var run = new FakeRun(Job("base", "bulb"));

        var outcome = await Workshop().RunAsync(run, TestContext.Current.CancellationToken);

        outcome.Should().Be(JobOutcome.Success());
        run.Reported["plumbus"]!.GetValue<string>().Should().Be("base-bulb");
        run.Reported["progress"]!.GetValue<double>().Should().Be(1);
        run.Reported["step"].Should().BeNull();
        (await run.Pid).Should().BeNull();
    }

    [Fact]
    public async Task A_standard_plumbus_has_everything()
    {
        var run = new FakeRun(Job("standard"));

        await Workshop().RunAsync(run, TestContext.Current.CancellationToken);

        run.Reported["plumbus"]!.GetValue<string>().Should().Be("base-bulb-fringe-handle-polish");
    }

    [Fact]
    public async Task An_unknown_part_prevents_the_start()
    {
        var run = new FakeRun(Job("base", "flux"));

        var outcome = await Workshop().RunAsync(run, TestContext.Current.CancellationToken);

        outcome.WasStarted.Should().BeFalse();
        outcome.Error.Should().StartWith("there is no 'flux' on the shelf");
        run.Pid.IsCompleted.Should().BeFalse();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("\"slow\"")]
    public async Task An_invalid_time_prevents_the_start(string seconds)
    {
        var run = new FakeRun(Job("base") with { Config = Some.Config($$"""{"step_seconds": {{seconds}}}""") });

        var outcome = await Workshop().RunAsync(run, TestContext.Current.CancellationToken);

        outcome.Error.Should().Be($"config.step_seconds: {seconds} is not a number of seconds from 0 to 3600");
    }

    [Fact]
    public async Task Polish_alone_fails_with_an_error()
    {
        var outcome = await Workshop().RunAsync(new FakeRun(Job("polish", "base")), TestContext.Current.CancellationToken);

        outcome.Should().Be(JobOutcome.Failure(1, "there was nothing to polish: put another part before it"));
    }

    [Fact]
    public async Task A_kill_ends_it_at_once()
    {
        using var kill = new CancellationTokenSource();
        var run = new FakeRun(Job("base", "bulb") with { Config = Some.Config("""{"step_seconds": 3600}""") });

        var job = Workshop().RunAsync(run, kill.Token);
        await kill.CancelAsync();
        var outcome = await job;

        outcome.Succeeded.Should().BeFalse();
        run.Logged.Should().Equal("swept 0 fitted parts off the bench");
    }

    private static IJobTask Workshop() => new PluginLoader([BuildOutput.Of("plugins/Plumbus")]).Find("Plumbus.Workshop").Value!();

    private static JobDescription Job(params string[] args) => Some.Job(args) with { Config = Some.Config("""{"step_seconds": 0}""") };
}
