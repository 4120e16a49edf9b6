using MeeseeksBox.WatchAgent;
using MeeseeksBox.WatchAgent.Configuration;

namespace MeeseeksBox.FileWatch.Tests.Settings;

/// <summary>The plan of <c>dry_run</c> (docs/WATCH.md).</summary>
public sealed class DryRunTests
{
    [Fact]
    public void A_job_that_can_be_submitted_is_listed()
    {
        var (lines, hasFailed) = Run("%(name)s");

        lines.Should().ContainSingle().Which.Should().StartWith("w: job 0: would be kept running: ").And.EndWith(" in pool p: w");
        hasFailed.Should().BeFalse();
    }

    [Fact]
    public void A_format_without_a_value_is_the_reason_why_a_job_would_not_be_submitted()
    {
        var (lines, hasFailed) = Run("%(fiel)s");

        lines.Should().ContainSingle().Which.Should().StartWith("w: job 0: would not be submitted: ").And.Contain("fiel");
        hasFailed.Should().BeTrue();
    }

    private static (List<string> Lines, bool HasFailed) Run(string program)
    {
        var config = WatcherConfigurationReader.Read(["watch.w.jobs.pool=p", $"watch.w.jobs.args={program},"]).Config!;
        var plan = new DryRun(config, TimeProvider.System);
        return ([.. plan.Lines()], plan.HasFailed);
    }
}
