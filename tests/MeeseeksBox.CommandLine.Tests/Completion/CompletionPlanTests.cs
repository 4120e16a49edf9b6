using MeeseeksBox.CommandLine.Completion;

namespace MeeseeksBox.CommandLine.Tests.Completion;

/// <summary>What a shell is told that an unfinished word may become.</summary>
public sealed class CompletionPlanTests
{
    [Theory]
    [InlineData("meeseeks-client", "", "sub stat top address= ssl.cafile=")]
    [InlineData("meeseeks-client", "port=1 |", "sub wait address=")]
    [InlineData("meeseeks-client", "stat |", "nodes pools jobs active tree state=")]
    [InlineData("qstat", "", "nodes state=")]
    [InlineData("meeseeks-client", "sub |", "retries= node= wait=")]
    [InlineData("qsub", "hold=", "0 1")]
    [InlineData("qdel", "state=", "new running done failed killed")]
    [InlineData("qdel", "-", "--help")]
    [InlineData("meeseeks-client", "hist |", "file= json=")]
    [InlineData("meeseeks-client", "ls |", "state= quiet=")]
    public void Words_that_are_known_here(string name, string line, string expected) =>
        Plan(name, line).Fixed.Select(candidate => candidate.Text).Should().Contain(expected.Split(' '));

    [Theory]
    [InlineData("qdel", "", "", "", "Jobs")]
    [InlineData("qdel", "a |he", "", "he", "Jobs")]
    [InlineData("meeseeks-client", "wait |h", "", "h", "Jobs")]
    [InlineData("meeseeks-client", "out |h", "", "h", "Jobs")]
    [InlineData("qstat", "pool=", "pool=", "", "Pools")]
    [InlineData("qstat", "node=n1,n", "node=n1,", "n", "Nodes")]
    [InlineData("qstat", "state=done,fa", "state=done,", "fa", "None")]
    [InlineData("qsub", "p", "", "p", "Pools")]
    [InlineData("qsub", "p1@n", "p1@", "n", "Nodes")]
    [InlineData("qsub", "tag=x |p1@n", "p1@", "n", "Nodes")]
    [InlineData("qconf", "n", "", "n", "Nodes")]
    public void Names_that_a_box_is_asked_for(string name, string line, string before, string typed, string live)
    {
        var plan = Plan(name, line);

        (plan.Before, plan.Typed, plan.Live.ToString()).Should().Be((before, typed, live));
    }

    [Theory]
    [InlineData("qsub", "p1 |--he")]
    [InlineData("qsub", "p1 ls |pool=")]
    [InlineData("qsub", "pool=p1 |l")]
    [InlineData("meeseeks-client", "sub p1 prog |")]
    [InlineData("meeseeks-client", "nosuch |")]
    [InlineData("meeseeks-client", "address=")]
    public void What_is_not_ours_is_left_to_the_shell(string name, string line)
    {
        var plan = Plan(name, line);

        plan.Fixed.Should().BeEmpty();
        plan.Live.Should().Be(RemoteCompletions.None);
    }

    [Fact]
    public void A_pool_to_submit_to_is_not_crowded_by_its_key()
    {
        Plan("qsub", "p").Fixed.Should().NotContain(candidate => candidate.Text == "pool=");
        Plan("qmod", "p").Fixed.Should().Contain(candidate => candidate.Text == "pool=");
    }

    // What stands before the bar is parted at blanks; what stands behind it is being typed.
    private static CompletionPlan Plan(string name, string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        string[] before = bar < 0 ? [] : line[..bar].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return CompletionPlan.Of(name, [.. before, line[(bar + 1)..]]);
    }
}
