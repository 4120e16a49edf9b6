using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Requests;

/// <summary>The heads that are connected above a box.</summary>
public sealed class UpstreamsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StateKeeper _state;
    private readonly Upstreams _upstreams;

    public UpstreamsTests()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p"] = new() { Update = null } };
        _state = new StateKeeper(new NodeSettings { Name = "n", Pools = pools }, _time, _ => { });
        _upstreams = new Upstreams(_state);
        var job = new Job { Id = "a", Pool = "p", Node = "n", SubmitNode = "n", Args = ["x"], Hold = true };
        _state.Do((ledger, now) => ledger.Load([job with { Ts = now.Wall }], now));
    }

    private double Ts => _state.Do((ledger, _) => ledger.Find("a")!.Ts);

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Live_jobs_of_a_pool_without_an_interval_are_refreshed_while_a_head_is_connected()
    {
        var session = new Session(() => Role.Admin);
        var first = Ts;
        _time.Advance(TimeSpan.FromMinutes(5));
        Ts.Should().Be(first, "no head is connected");

        _upstreams.Note(session);
        _upstreams.Note(session);
        _time.Advance(TimeSpan.FromSeconds(31));
        var refreshed = Ts;
        refreshed.Should().BeGreaterThan(first);
        _time.Advance(TimeSpan.FromSeconds(31));
        Ts.Should().BeGreaterThan(refreshed);

        _upstreams.Forget(session);
        _upstreams.Forget(new Session(() => Role.Admin));
        var last = Ts;
        _time.Advance(TimeSpan.FromMinutes(5));
        Ts.Should().Be(last, "the head has gone");
    }
}
