using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Requests;

/// <summary>The requests a second of a client (docs/SPECIFICATION.md#size-limits).</summary>
public sealed class RequestRatesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LinesLog _log = new();
    private readonly RequestRates _rates;
    private double _rate = 10;

    public RequestRatesTests() => _rates = new RequestRates(() => _rate, _time, _log.Logger);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_over_the_rate_waits_its_turn_and_no_other_does()
    {
        _rates.WaitAsync("a", 10, Stop).IsCompleted.Should().BeTrue("it has a second in advance");
        var over = _rates.WaitAsync("a", 3, Stop);
        _rates.WaitAsync("b", 10, Stop).IsCompleted.Should().BeTrue();

        _time.Advance(TimeSpan.FromSeconds(0.29));
        over.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.01));
        await over.WaitAsync(TimeSpan.FromSeconds(20), Stop);

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Warning: \"a\" sends more than 10 requests a second (listen.rate)");
    }

    [Fact]
    public void A_pause_earns_no_more_than_a_second()
    {
        _time.Advance(TimeSpan.FromHours(1));

        _rates.WaitAsync("a", 10, Stop).IsCompleted.Should().BeTrue();
        _rates.WaitAsync("a", 1, Stop).IsCompleted.Should().BeFalse();
    }

    [Fact]
    public void Without_a_limit_nobody_waits()
    {
        _rate = 0;

        _rates.WaitAsync("a", int.MaxValue, Stop).IsCompleted.Should().BeTrue();
        _rates.AreLimited.Should().BeFalse();
    }

    [Fact]
    public void Very_many_clients_take_bounded_memory()
    {
        for (var number = 0; number < 30_000; number++)
            _rates.WaitAsync($"client {number}", 1, Stop).IsCompleted.Should().BeTrue();

        _rates.ClientCount.Should().BeLessThanOrEqualTo(10_000);
    }
}
