using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>A watch without globs keeps its jobs running (docs/SPECIFICATION.md#jobs-without-files).</summary>
public sealed class ContinuousJobsTests
{
    private static readonly Dictionary<(int, int), long> NeverStarted = [];

    [Fact]
    public void All_jobs_are_due_at_first()
    {
        Due(Plan("'jobs':[{'pool':'a','args':['x']},null,[{'pool':'b','args':['x']},{'pool':'c','args':['x']}]]", NeverStarted))
            .Should().Equal("0.0", "2.0", "2.1");
    }

    [Fact]
    public void A_running_job_is_not_due()
    {
        Due(Plan(Some.Jobs(2), NeverStarted, (0, 0))).Should().Equal("1.0");
    }

    [Fact]
    public void A_job_starts_again_when_the_pause_since_its_last_start_is_over()
    {
        Due(Plan(Some.Jobs(1), new() { [(0, 0)] = -TimeSpan.FromSeconds(10).Ticks })).Should().Equal("0.0");

        var soon = Plan(Some.Jobs(1), new() { [(0, 0)] = -TimeSpan.FromSeconds(3).Ticks });
        soon.Due.Should().BeEmpty();
        soon.NextDue.Should().Be(TimeSpan.FromSeconds(7).Ticks);
    }

    [Fact]
    public void With_count_all_jobs_of_a_round_start_together()
    {
        Due(Plan("'count':2," + Some.Jobs(2), NeverStarted)).Should().Equal("0.0", "1.0");
        Due(Plan("'count':2," + Some.Jobs(2), new() { [(0, 0)] = -TimeSpan.TicksPerHour, [(1, 0)] = -TimeSpan.TicksPerHour }, (1, 0)))
            .Should().BeEmpty();
        Due(Plan("'count':2," + Some.Jobs(2), new() { [(0, 0)] = -TimeSpan.TicksPerHour, [(1, 0)] = -TimeSpan.TicksPerHour }))
            .Should().Equal("0.0", "1.0");
    }

    [Fact]
    public void With_count_the_pause_begins_at_the_latest_start()
    {
        var (first, second) = (-TimeSpan.FromSeconds(11).Ticks, -TimeSpan.FromSeconds(9).Ticks);
        var plan = Plan("'count':2," + Some.Jobs(2), new() { [(0, 0)] = first, [(1, 0)] = second });

        plan.Due.Should().BeEmpty();
        plan.NextDue.Should().Be(TimeSpan.FromSeconds(1).Ticks);
    }

    private static Plan Plan(string json, Dictionary<(int, int), long> lastStarts, params (int, int)[] inFlight) =>
        ContinuousJobs.Of(Some.Watch("'glob':null," + json), lastStarts, inFlight.ToHashSet(), now: 0);

    private static string[] Due(Plan plan) => [.. plan.Due.Select(work => $"{work.Index}.{work.List}")];
}
