using System.Net.Sockets;
using MeeseeksBox.Foundation.Network;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Client.Tests.Connections;

/// <summary>The silence that ends a connection, of clients and links alike.</summary>
public sealed class SilenceLimitTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Traffic _traffic;
    private readonly SilenceLimit _limit;

    public SilenceLimitTests()
    {
        _traffic = new Traffic(_socket, _time);
        _limit = new SilenceLimit(_traffic, Timeout, _time);
    }

    public void Dispose()
    {
        _limit.Dispose();
        _socket.Dispose();
    }

    [Fact]
    public void It_begins_at_the_restart()
    {
        _time.Advance(Wait);
        _limit.IsOver.Should().BeFalse();
        _limit.Restart(TimeSpan.Zero);

        _time.Advance(Timeout - Moment);
        _limit.IsOver.Should().BeFalse();

        _time.Advance(Moment);
        _limit.IsOver.Should().BeTrue();
        _limit.Token.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public void A_byte_starts_the_time_again()
    {
        _limit.Restart(TimeSpan.Zero);
        for (var count = 0; count < 10; count++)
        {
            _time.Advance(Timeout - Moment);
            _traffic.Record();
        }

        _time.Advance(Timeout - Moment);
        _limit.IsOver.Should().BeFalse();

        _time.Advance(Moment);
        _limit.IsOver.Should().BeTrue();
    }

    [Fact]
    public void The_other_side_may_wait_its_whole_time_after_a_request_that_was_long_under_way()
    {
        _limit.Restart(Wait);
        for (var count = 0; count < 20; count++)
        {
            _time.Advance(Timeout - Moment);
            _traffic.Record();
        }

        _time.Advance(Wait + Timeout - Moment);
        _limit.IsOver.Should().BeFalse();

        _time.Advance(Moment);
        _limit.IsOver.Should().BeTrue();
    }

    [Fact]
    public void A_pause_allows_any_silence_until_the_next_restart()
    {
        _limit.Restart(TimeSpan.Zero);
        _time.Advance(Moment);
        _limit.Pause();
        _time.Advance(Wait);
        _limit.IsOver.Should().BeFalse();

        _limit.Restart(TimeSpan.Zero);
        _time.Advance(Timeout);
        _limit.IsOver.Should().BeTrue();
    }
}
