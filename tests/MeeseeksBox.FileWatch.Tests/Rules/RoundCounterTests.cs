using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The key <c>count</c> (docs/SPECIFICATION.md#rounds).</summary>
public sealed class RoundCounterTests
{
    [Fact]
    public void A_round_counts_when_all_its_jobs_have_ended_and_none_failed()
    {
        var rounds = new RoundCounter(2);
        rounds.AddEnd(isGood: true);
        rounds.AddEnd(isGood: true);

        rounds.EndRound().Should().BeTrue();
        (rounds.Good, rounds.IsComplete).Should().Be((1, false));
        rounds.AddEnd(isGood: true);
        _ = rounds.EndRound();
        (rounds.Good, rounds.IsComplete).Should().Be((2, true));
    }

    [Fact]
    public void A_round_with_a_failure_does_not_count()
    {
        var rounds = new RoundCounter(1);
        rounds.AddEnd(isGood: false);
        rounds.AddEnd(isGood: true);

        rounds.EndRound().Should().BeFalse();
        rounds.IsComplete.Should().BeFalse();
        rounds.AddEnd(isGood: true);
        rounds.EndRound().Should().BeTrue();
        rounds.IsComplete.Should().BeTrue();
    }

    [Fact]
    public void A_round_without_jobs_does_not_count()
    {
        var rounds = new RoundCounter(1);

        rounds.EndRound().Should().BeFalse();
        rounds.IsComplete.Should().BeFalse();
    }

    [Fact]
    public void Without_a_limit_it_is_never_complete()
    {
        var rounds = new RoundCounter(null);
        rounds.AddEnd(isGood: true);
        _ = rounds.EndRound();

        rounds.IsComplete.Should().BeFalse();
    }

    [Fact]
    public void Another_limit_keeps_the_rounds_so_far()
    {
        var rounds = new RoundCounter(null);
        rounds.AddEnd(isGood: true);
        _ = rounds.EndRound();

        rounds.WithLimit(1).IsComplete.Should().BeTrue();
    }
}
