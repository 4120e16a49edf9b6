using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>Jumps of the host's clock do not affect elapsed time (docs/decisions/004-two-clocks.md).</summary>
public sealed class ClockTests : IDisposable
{
    private readonly HostClock _time = new();
    private readonly CoreHost _host;

    public ClockTests() => _host = new CoreHost(
        new NodeSettings { Name = "n", Expire = 60, Pools = new Dictionary<string, PoolSettings> { ["p"] = new() { MaxRuntime = 100 } } },
        NoOutputs.Store,
        _time,
        problem => throw problem);

    [Fact]
    public void A_jump_ahead_expires_no_job_and_ends_no_run_early()
    {
        Submit("ended", "nowhere");
        _ = Kill("ended");
        Submit("running", "p");
        var run = _host.Execute((core, now) => core.ClaimNext("p", now))!;
        _host.Execute((core, now) => core.Started(run, 1, now));

        _time.Set(TimeSpan.FromDays(365));
        _time.Advance(TimeSpan.FromSeconds(59));

        Find("ended").Should().NotBeNull();
        Find("running")!.Status.State.Should().Be(JobState.Running);
        run.Stop.Should().Be(Core.Runs.StopReason.None);
    }

    [Fact]
    public void A_jump_back_delays_no_deadline()
    {
        Submit("ended", "nowhere");
        _ = Kill("ended");
        Submit("running", "p");
        var run = _host.Execute((core, now) => core.ClaimNext("p", now))!;
        _host.Execute((core, now) => core.Started(run, 1, now));

        _time.Set(TimeSpan.FromDays(-365));
        _time.Advance(TimeSpan.FromSeconds(61));
        var ended = Find("ended");
        _time.Advance(TimeSpan.FromSeconds(40));

        ended.Should().BeNull();
        run.Stop.Should().Be(Core.Runs.StopReason.Overdue);
    }

    [Fact]
    public void Stamps_follow_the_order_of_changes_despite_jumps_of_the_clock()
    {
        Submit("a", "nowhere");
        var stamps = new List<double> { Find("a")!.Ts };
        foreach (var days in new[] { -1, 2, -3, 1 })
        {
            _time.Set(TimeSpan.FromDays(days));
            _host.Execute((core, now) => core.Submit(Spec(new { id = "a", tags = new[] { $"{days}" } }), now));
            stamps.Add(Find("a")!.Ts);
        }

        stamps.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    public void Dispose() => _host.Dispose();

    private static SubmitArgument Spec(object spec) => SubmitArgument.Read(JsonSerializer.SerializeToElement(spec));

    private void Submit(string id, string pool) =>
        _host.Execute((core, now) => core.Submit(Spec(new { id, pool, args = new[] { "x" } }), now)).Error.Should().BeNull();

    private Job? Kill(string id) => _host.Execute((core, now) => core.Kill(id, now));

    private Job? Find(string id) => _host.Execute((core, _) => core.Find(id));

    // AdjustTime moves the timestamps of a FakeTimeProvider too, unlike a jump of the clock of a host.
    private sealed class HostClock() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50))
    {
        private TimeSpan _set;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _set;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;

        public void Set(TimeSpan by) => _set += by;
    }
}
