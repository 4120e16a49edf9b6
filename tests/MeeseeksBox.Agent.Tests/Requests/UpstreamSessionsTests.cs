using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Requests;

/// <summary>The effect of connected heads on a box.</summary>
public sealed class UpstreamSessionsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CoreHost _host;
    private readonly UpstreamSessions _upstreamSessions;

    public UpstreamSessionsTests()
    {
        var pools = new Dictionary<string, PoolSettings> { ["p"] = new() };
        _host = new CoreHost(new NodeSettings { Name = "n", Pools = pools }, NoOutputs.Store, _time, _ => { });
        _upstreamSessions = new UpstreamSessions(_host);
        var job = new Job
        {
            Id = "a",
            Spec = new() { Pool = "p", Args = ["x"], Hold = true },
            Status = new() { Node = "n", SubmitNode = "n" },
        };
        _host.Execute((core, now) => core.Load([job with { Ts = now.Wall }], now));
    }

    private double Ts => _host.Execute((core, _) => core.Find("a")!.Ts);

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Live_jobs_are_not_refreshed_for_a_head_that_accepts_a_lease()
    {
        var session = Admin(acceptsLease: true);
        var first = Ts;

        _upstreamSessions.Note(session);
        _time.Advance(TimeSpan.FromMinutes(5));
        Ts.Should().Be(first);

        session.AcceptsLease = false;
        _upstreamSessions.Note(session);
        _time.Advance(TimeSpan.FromSeconds(31));
        Ts.Should().BeGreaterThan(first);
    }

    [Fact]
    public void Live_jobs_are_refreshed_while_a_head_without_a_lease_is_connected()
    {
        var session = Admin();
        var first = Ts;
        _time.Advance(TimeSpan.FromMinutes(5));
        Ts.Should().Be(first, "no head is connected");

        _upstreamSessions.Note(session);
        _upstreamSessions.Note(session);
        _time.Advance(TimeSpan.FromSeconds(31));
        var refreshed = Ts;
        refreshed.Should().BeGreaterThan(first);
        _time.Advance(TimeSpan.FromSeconds(31));
        Ts.Should().BeGreaterThan(refreshed);

        _upstreamSessions.Forget(session);
        _upstreamSessions.Forget(Admin());
        var last = Ts;
        _time.Advance(TimeSpan.FromMinutes(5));
        Ts.Should().Be(last, "the head has gone");
    }

    private static Session Admin(bool acceptsLease = false) =>
        new(() => Access.Open, access => ClientRights.Of(new ClientIdentity(null, null), access, new HostAccounts()))
        {
            AcceptsLease = acceptsLease,
        };
}
