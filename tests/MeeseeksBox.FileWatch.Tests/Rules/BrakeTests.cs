using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>Jobs that cause themselves, or each other (docs/SPECIFICATION.md#brake).</summary>
public sealed class BrakeTests
{
    private static readonly WorkKey Key = new(0, "a");

    private readonly RunBrake<WorkKey> _brake = new(TimeSpan.FromSeconds(10));
    private readonly ChainDetector _chains = new(TimeSpan.FromSeconds(10));

    [Fact]
    public void Work_that_is_due_again_waits_for_the_rest_of_the_pause()
    {
        Rest(0).Should().Be(0);
        _brake.AddEnd(Key, At(5), TimeSpan.Zero);

        Rest(5).Should().Be(10);
        Rest(14).Should().Be(1);
        Rest(15).Should().Be(0);
        _brake.RestOf(new WorkKey(1, "a"), At(5)).Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Released_work_runs_at_once()
    {
        _brake.AddEnd(Key, At(5), TimeSpan.Zero);
        Rest(6).Should().Be(9);

        _brake.Release(Key);

        Rest(6).Should().Be(0);
        _brake.RepeatsOf(Key).Should().Be(0);
    }

    [Fact]
    public void Only_waits_in_a_row_are_repeats()
    {
        Run(0, 0);
        Run(10, 1);
        Run(20, 2);
        Run(31, 3);

        Rest(60).Should().Be(0);
        _brake.AddEnd(Key, At(60), TimeSpan.Zero);
        Rest(70).Should().Be(0);
        _brake.RepeatsOf(Key).Should().Be(0);

        // It is due as soon as the run before has ended.
        void Run(int second, int repeats)
        {
            _ = Rest(second);
            _brake.AddEnd(Key, At(second), TimeSpan.Zero);
            _ = Rest(second + 1);
            _brake.RepeatsOf(Key).Should().Be(repeats + 1);
        }
    }

    [Fact]
    public void Old_runs_are_forgotten()
    {
        for (var second = 0; second < 100; second++)
            _brake.AddEnd(new WorkKey(0, $"{second}"), At(second), TimeSpan.Zero);

        Enumerable.Range(0, 100).Count(second => _brake.RestOf(new WorkKey(0, $"{second}"), At(99)) > TimeSpan.Zero).Should().Be(10);
    }

    [Fact]
    public void Files_that_jobs_make_of_each_other_are_a_chain()
    {
        Chain("b", "b.x", "b.x.x", "b.x.x.x").Should().Equal(0, 1, 2, 3);
        Chain("n", "o.n", "o.o.n").Should().Equal(0, 1, 2);
        Chain("1.dat", "2.dat", "3.dat", "4.dat").Should().Equal(0, 0, 0, 0);
    }

    [Fact]
    public void A_file_that_comes_later_begins_anew()
    {
        _ = _chains.AddStart("b", At(0));
        _chains.AddEnd("b", At(1));

        _chains.AddStart("b.x", At(10)).Should().Be(1);
        _chains.AddStart("b.y", At(11)).Should().Be(0);
    }

    [Fact]
    public void A_long_job_is_part_of_the_chain_until_it_has_ended()
    {
        _ = _chains.AddStart("b", At(0));

        _chains.AddStart("b.x", At(1000)).Should().Be(1);
    }

    private static long At(double seconds) => TimeSpan.FromSeconds(seconds).Ticks;

    private double Rest(double seconds) => _brake.RestOf(Key, At(seconds)).TotalSeconds;

    private IEnumerable<int> Chain(params string[] names) => [.. names.Select(name => _chains.AddStart(name, 0))];
}
