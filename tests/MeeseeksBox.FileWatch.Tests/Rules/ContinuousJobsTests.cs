using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>
/// If no globs are defined, the watch ensures that its jobs are always running (docs/SPECIFICATION.md#jobs-without-files).
/// </summary>
public sealed class ContinuousJobsTests
{
    private static readonly Dictionary<(int, int), long> NeverStarted = [];

    [Fact]
    public void All_jobs_are_to_run()
    {
        Due(Plan("'jobs':[{'pool':'a','args':['x']},null,[{'pool':'b','args':['x']},{'pool':'c','args':['x']}]]", NeverStarted)).Should().Equal("0.0", "2.0", "2.1");
    }

    [Fact]
    public void A_job_that_runs_is_left_alone()
    {
        Due(Plan(Some.Jobs(2), NeverStarted, (0, 0))).Should().Equal("1.0");
    }

    [Fact]
    public void A_job_that_ran_for_long_starts_again_at_once_and_one_that_ended_soon_after_the_pause()
    {
        Due(Plan(Some.Jobs(1), new() { [(0, 0)] = -TimeSpan.FromSeconds(10).Ticks })).Should().Equal("0.0");

        var soon = Plan(Some.Jobs(1), new() { [(0, 0)] = -TimeSpan.FromSeconds(3).Ticks });
        soon.Due.Should().BeEmpty();
        soon.NextDue.Should().Be(TimeSpan.FromSeconds(7).Ticks);
    }

    [Fact]
    public void With_count_all_jobs_start_together_and_wait_for_each_other()
    {
        Due(Plan("'count':2," + Some.Jobs(2), NeverStarted)).Should().Equal("0.0", "1.0");
        Due(Plan("'count':2," + Some.Jobs(2), new() { [(0, 0)] = -TimeSpan.TicksPerHour, [(1, 0)] = -TimeSpan.TicksPerHour }, (1, 0)))
            .Should().BeEmpty();
        Due(Plan("'count':2," + Some.Jobs(2), new() { [(0, 0)] = -TimeSpan.TicksPerHour, [(1, 0)] = -TimeSpan.TicksPerHour }))
            .Should().Equal("0.0", "1.0");
    }

    [Fact]
    public void With_count_the_next_round_begins_when_the_pause_of_the_job_that_started_last_is_over()
    {
        var plan = Plan("'count':2," + Some.Jobs(2), new() { [(0, 0)] = -TimeSpan.FromSeconds(11).Ticks, [(1, 0)] = -TimeSpan.FromSeconds(9).Ticks });

        plan.Due.Should().BeEmpty();
        plan.NextDue.Should().Be(TimeSpan.FromSeconds(1).Ticks);
    }

    private static Plan Plan(string json, Dictionary<(int, int), long> lastStarts, params (int, int)[] inFlight) =>
        ContinuousJobs.Of(Some.Watch("'glob':null," + json), lastStarts, inFlight.ToHashSet(), now: 0);

    private static string[] Due(Plan plan) => [.. plan.Due.Select(work => $"{work.Index}.{work.List}")];
}
