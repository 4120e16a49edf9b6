using MeeseeksBox.CommandLine.Completion;

namespace MeeseeksBox.CommandLine.Tests.Completion;

/// <summary>The completions of an unfinished word.</summary>
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
    [InlineData("qdel", "a |", "signal= state=")]
    [InlineData("qdel", "signal=", "USR1 TERM")]
    [InlineData("meeseeks-client", "hist |", "file= json=")]
    [InlineData("meeseeks-client", "ls |", "state= quiet=")]
    public void Known_words_are_completed(string name, string line, string expected) =>
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
    public void Names_are_requested_from_the_box(string name, string line, string before, string typed, string live)
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
    public void Other_words_have_no_completions(string name, string line)
    {
        var plan = Plan(name, line);

        plan.Fixed.Should().BeEmpty();
        plan.Live.Should().Be(RemoteCompletions.None);
    }

    [Fact]
    public void The_key_pool_is_not_a_completion_of_sub()
    {
        Plan("qsub", "p").Fixed.Should().NotContain(candidate => candidate.Text == "pool=");
        Plan("qmod", "p").Fixed.Should().Contain(candidate => candidate.Text == "pool=");
    }

    // The text before the bar is split at spaces; the text after it is the word that is being typed.
    private static CompletionPlan Plan(string name, string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        string[] before = bar < 0 ? [] : line[..bar].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return CompletionPlan.Of(name, [.. before, line[(bar + 1)..]]);
    }
}
