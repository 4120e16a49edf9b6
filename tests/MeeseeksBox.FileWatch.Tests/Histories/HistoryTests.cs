using MeeseeksBox.WatchSimulation.Histories;
using WatchRules = MeeseeksBox.WatchSimulation.Model.Rules;

namespace MeeseeksBox.FileWatch.Tests.Histories;

/// <summary>
/// Whatever happens in a folder, each file runs as docs/WATCH.md says. <c>tests/Watch.Simulation</c> runs many more histories.
/// </summary>
public sealed class HistoryTests
{
    private const int Count = 150;

    private static readonly WatchRules Plain = new(IsUpdated: false, Retries: 0, Settle: null);

    [Fact]
    public void Random_histories_have_no_difference_from_the_model()
    {
        using var site = new Site();
        for (var seed = 0; seed < Count; seed++)
        {
            var script = Script.Of(seed);
            if (Differs(site, script))
                Assert.Fail($"seed {seed}: {Outcome.Of(site, Script.Shrink(script, shorter => Differs(site, shorter)), isLogged: true)}");
        }
    }

    // A watcher was killed just after its submit had found a job that was recorded, stopped, or of another folder.
    [Theory]
    [InlineData(16498)]
    [InlineData(114627)]
    [InlineData(116557)]
    [InlineData(130377)]
    public void A_submit_changes_no_job_that_the_box_has(int seed)
    {
        using var site = new Site();

        Outcome.Of(site, Script.Of(seed)).Differences.Should().BeEmpty();
    }

    [Fact]
    public void The_job_of_another_folder_is_no_part_of_the_job_that_is_submitted_beside_it()
    {
        Play(
            Plain,
            new(Deed.PutElsewhere, 2, 0, Pace.Rest),
            new(Deed.MoveIn, 2, 0, Pace.Rest),
            new(Deed.Start, 0, 0, Pace.Rest),
            new(Deed.KillJob, 0, 0, Pace.Some),
            new(Deed.KillLater, 0, 6, Pace.Rest));
    }

    [Fact]
    public void A_file_does_not_wait_because_that_of_another_folder_ran_lately()
    {
        Play(
            Plain,
            new(Deed.Start, 0, 0, Pace.Rest),
            new(Deed.MoveIn, 1, 0, Pace.Rest),
            new(Deed.Succeed, 0, 0, Pace.Rest),
            new(Deed.Swap, 0, 0, Pace.Rest),
            new(Deed.MoveIn, 1, 0, Pace.Rest));
    }

    [Fact]
    public void A_file_that_is_written_under_another_of_its_names_is_processed_once()
    {
        Play(
            Plain with { IsUpdated = true, Settle = TimeSpan.FromSeconds(5) },
            new(Deed.Start, 0, 0, Pace.Rest),
            new(Deed.Put, 0, 0, Pace.Rest),
            new(Deed.Link, 0, 1, Pace.Rest),
            new(Deed.Put, 0, 0, Pace.Rest));
    }

    [Fact]
    public void A_program_that_writes_a_removed_file_does_not_hold_up_another_one_with_its_name()
    {
        Play(
            Plain with { IsUpdated = true },
            new(Deed.Open, 0, 0, Pace.Rest),
            new(Deed.Start, 0, 0, Pace.Rest),
            new(Deed.Replace, 0, 0, Pace.None),
            new(Deed.Write, 0, 0, Pace.Rest));
    }

    [Fact]
    public void A_file_is_taken_when_it_is_closed_under_a_name_that_it_has_lost_since()
    {
        Play(
            Plain,
            new(Deed.Start, 0, 0, Pace.Rest),
            new(Deed.Open, 1, 0, Pace.Rest),
            new(Deed.Link, 1, 0, Pace.Rest),
            new(Deed.Close, 0, 0, Pace.None),
            new(Deed.Rename, 1, 3, Pace.Rest));
    }

    private static bool Differs(Site site, Script script) => Outcome.Of(site, script).Differences.Count > 0;

    [Fact]
    public void A_failure_in_a_folder_that_is_away_replaces_the_result_of_before()
    {
        Play(
            Plain with { IsUpdated = true, Retries = 2 },
            new(Deed.Replace, 821, 870, Pace.Rest),
            new(Deed.Start, 953, 22, Pace.None),
            new(Deed.MoveIn, 377, 426, Pace.Rest),
            new(Deed.Succeed, 668, 589, Pace.Rest),
            new(Deed.Reload, 54, 436, Pace.Some),
            new(Deed.Fail, 538, 485, Pace.None),
            new(Deed.Swap, 419, 16, Pace.Rest));
    }

    private static void Play(WatchRules rules, params Step[] steps)
    {
        using var site = new Site();

        var outcome = Outcome.Of(site, new Script(rules, steps), isLogged: true);

        outcome.Differences.Should().BeEmpty(string.Join('\n', outcome.Lines));
    }
}
