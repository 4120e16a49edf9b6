using System.Collections.Concurrent;
using MeeseeksBox.Simulation.Lives;

namespace MeeseeksBox.Simulation.Tests;

/// <summary>Whatever happens to a cluster, it comes right in the end (docs/SPECIFICATION.md#conflicts).</summary>
public sealed class LifeTests
{
    private const int Lives = 200;

    [Fact]
    public void Every_life_of_a_cluster_ends_well()
    {
        var failures = new ConcurrentDictionary<int, string>();

        _ = Parallel.For(0, Lives, seed =>
        {
            if (new Life(seed, isLogged: false).Run() is [var first, ..])
            {
                failures[seed] = $"{first} (dotnet run --project tests/Cluster.Simulation -- --seed {seed} --log)";
            }
        });

        failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(20, "A head that came back handed ended jobs to nodes that had dropped them: they entered the history twice.")]
    [InlineData(86, "A node answered a kill with the error of the run before, which the head took for a guess: they told each other for ever.")]
    [InlineData(103, "The same with two heads, of which one had taken the job for lost.")]
    [InlineData(769, "A job that ran again on a node that had lost its end, and a head that knew the end: they told each other until the run was over.")]
    [InlineData(1039, "The same between one node and two heads.")]
    [InlineData(1443, "Somebody changed a copy that had not heard of the run: the run was ended, and the job ran once more.")]
    [InlineData(2105, "A head took the kill of another head's job, heard from an original node, for one of that node: it revived the job for ever.")]
    [InlineData(5577, "A job left a head before its end could be sent to a node that was cut off, which then took it for alive for ever.")]
    [InlineData(14676, "A job was sent again whenever an answer came from before it was there: more copies were sent than there were changes.")]
    [InlineData(61367, "A head that was cut off while a job on an original node ended, and was dropped below, took it for alive for ever.")]
    public void A_life_in_which_something_was_wrong_once_ends_well(int seed, string what) =>
        new Life(seed, isLogged: false).Run().Should().BeEmpty(what);

    [Fact]
    public void A_seed_gives_the_same_life_each_time()
    {
        var (one, other) = (new Life(8, isLogged: false), new Life(8, isLogged: true));

        _ = one.Run();
        _ = other.Run();

        other.World.Agenda.Fingerprint.Should().Be(one.World.Agenda.Fingerprint);
        other.World.Journal.Lines.Should().NotBeEmpty();
        one.World.Journal.Lines.Should().BeEmpty();
    }

    [Fact]
    public void Lives_are_eventful()
    {
        var lives = Enumerable.Range(0, 20).Select(seed => new Life(seed, isLogged: true)).ToArray();
        foreach (var life in lives)
        {
            _ = life.Run();
        }

        var told = string.Join('\n', lives.SelectMany(life => life.World.Journal.Lines));

        foreach (var word in new[] { "crashes and loses", "crashes with", "has stopped", "cut off", "breaks", "is slow", "is set to", "taken out", "a cycle", "expired", "crashed", "kill j", "is given" })
        {
            told.Should().Contain(word);
        }

        lives.Sum(life => life.World.Account.Stories.Count).Should().BeGreaterThan(200);
        lives.Sum(life => life.World.Account.Stories.Count(story => story.Lost is not null)).Should().BeLessThan(50, "what is declared lost must be rare");
    }
}
