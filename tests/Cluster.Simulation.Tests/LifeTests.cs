using System.Collections.Concurrent;
using MeeseeksBox.Simulation.Lives;

namespace MeeseeksBox.Simulation.Tests;

/// <summary>Simulated clusters converge after any faults (docs/SPECIFICATION.md#conflicts).</summary>
public sealed class LifeTests
{
    private const int Seeds = 200;

    [Fact]
    public void Every_simulated_cluster_converges_without_violations()
    {
        var failures = new ConcurrentDictionary<int, string>();

        _ = Parallel.For(0, Seeds, seed =>
        {
            if (new Life(seed, isLogged: false).Run() is [var first, ..])
                failures[seed] = $"{first} (dotnet run --project tests/Cluster.Simulation -- --seed {seed} --log)";
        });

        failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(20, "A head that came back sent ended jobs to nodes that had removed them: they were in the history twice.")]
    [InlineData(86, "A node answered a kill with the error of the last run, and the head presumed the job lost: an endless exchange.")]
    [InlineData(103, "The same with two heads, one of which had presumed the job lost.")]
    [InlineData(769, "A node had lost the end of a job and ran it again: it exchanged copies with a head that had the end.")]
    [InlineData(809, "A link stalled for longer than an ended job stayed on its node: the head kept a live copy forever.")]
    [InlineData(897, "The same with a node that had no job when the head greeted it.")]
    [InlineData(1039, "The same between one node and two heads.")]
    [InlineData(1443, "A client changed a copy from before the run: the run was stopped, and the job ran once more.")]
    [InlineData(2105, "A head took a kill by another head for a kill by the legacy node that reported it: it restarted the job forever.")]
    [InlineData(5577, "A head removed a job before a node that was cut off received its end: the node kept a live copy forever.")]
    [InlineData(14676, "A job in flight was resent after each earlier reply: more copies were sent than there were changes.")]
    [InlineData(17745, "The clock of a node was set back while one of two peers that report it was away: it stayed offline forever.")]
    [InlineData(61367, "A job on a legacy node ended and expired while a head was cut off: the head kept a live copy forever.")]
    public void A_seed_that_once_found_a_defect_passes(int seed, string defect) =>
        new Life(seed, isLogged: false).Run().Should().BeEmpty(defect);

    [Fact]
    public void A_seed_gives_the_same_events_each_time()
    {
        var (one, other) = (new Life(8, isLogged: false), new Life(8, isLogged: true));

        _ = one.Run();
        _ = other.Run();

        other.World.Agenda.Fingerprint.Should().Be(one.World.Agenda.Fingerprint);
        other.World.Journal.Lines.Should().NotBeEmpty();
        one.World.Journal.Lines.Should().BeEmpty();
    }

    [Fact]
    public void The_simulation_covers_every_kind_of_fault()
    {
        var runs = Enumerable.Range(0, 20).Select(seed => new Life(seed, isLogged: true)).ToArray();
        foreach (var life in runs)
            _ = life.Run();

        var journal = string.Join('\n', runs.SelectMany(life => life.World.Journal.Lines));

        string[] texts =
        [
            "crashes and loses", "crashes with", "has stopped", "cut off", "breaks", "is slow", "is set to", "removed", "a cycle",
            "expired", "crashed", "kill j", "remote configuration",
        ];
        foreach (var text in texts)
            journal.Should().Contain(text);

        runs.Sum(life => life.World.Account.Stories.Count).Should().BeGreaterThan(200);
        runs.Sum(life => life.World.Account.Stories.Count(story => story.Lost is not null))
            .Should().BeLessThan(50, "jobs that are declared lost must be rare");
    }
}
