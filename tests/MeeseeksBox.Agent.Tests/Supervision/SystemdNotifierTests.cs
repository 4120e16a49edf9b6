using System.Net.Sockets;
using System.Text;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Supervision;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Supervision;

/// <summary>The messages to systemd, or another supervisor: sd_notify(3).</summary>
public sealed class SystemdNotifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    private static ILogger Log => Logger.None;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readiness_and_stop_are_sent_to_a_path_or_a_name(bool isName)
    {
        using var systemd = new SystemdNotifier(Variables(isName), _time, Log);

        systemd.Ready("listening\non port 1");
        systemd.Stopping();

        Receive().Should().Be("READY=1\nSTATUS=listening on port 1");
        Receive().Should().StartWith("STOPPING=1");
    }

    [Fact]
    public void A_reload_carries_the_time_of_the_steady_clock_in_microseconds()
    {
        using var systemd = new SystemdNotifier(Variables(), _time, Log);
        var before = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(2));

        systemd.Reloading();

        Receive().Should().Be($"RELOADING=1\nMONOTONIC_USEC={(before / (_time.TimestampFrequency / 1_000_000)) + 2_000_000}");
    }

    [Fact]
    public async Task The_watchdog_is_pinged_in_time_but_not_when_the_core_blocks()
    {
        using var systemd = new SystemdNotifier(
            Variables(false, ("WATCHDOG_USEC", "30000000"), ("WATCHDOG_PID", $"{Environment.ProcessId}")), _time, Log);
        using var host = new CoreHost(new NodeSettings { Name = "n" }, NoOutputs.Store, _time, _ => { });
        using var watchdog = new Watchdog(systemd, host, _time);
        var loop = watchdog.RunAsync();

        _time.Advance(TimeSpan.FromSeconds(10));
        var fed = Receive();
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var hanging = Task.Run(() => host.Execute((_, _) => Hang(entered, leave)), CancellationToken.None);
        entered.Wait(TestContext.Current.CancellationToken);
        var advancing = Task.Run(() => _time.Advance(TimeSpan.FromSeconds(10)), CancellationToken.None);
        var isFedWhileItHangs = _socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead);
        leave.Set();
        await Task.WhenAll(hanging, advancing);

        fed.Should().Be("WATCHDOG=1");
        isFedWhileItHangs.Should().BeFalse();
        Receive().Should().Be("WATCHDOG=1");
        watchdog.Complete();
        await loop;
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("0", null)]
    [InlineData("rubbish", null)]
    [InlineData("30000000", "1")]
    public void Without_a_valid_timeout_there_is_no_watchdog(string? silence, string? pid)
    {
        using var systemd = new SystemdNotifier(Variables(false, ("WATCHDOG_USEC", silence), ("WATCHDOG_PID", pid)), _time, Log);

        systemd.WatchdogTimeout.Should().BeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("relative")]
    [InlineData("/no/such/socket")]
    public void Without_a_socket_nothing_happens(string? name)
    {
        using var systemd = new SystemdNotifier(variable => variable is "NOTIFY_SOCKET" ? name : null, _time, Log);

        systemd.Invoking(notifier => notifier.Ready("x")).Should().NotThrow();
    }

    [Fact]
    public void A_supervisor_that_does_not_read_blocks_nothing()
    {
        using var systemd = new SystemdNotifier(Variables(), _time, Log);

        for (var count = 0; count < 2000; count++)
            systemd.Alive();

        Receive().Should().Be("WATCHDOG=1");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    private Func<string, string?> Variables(bool isName = false, params (string Name, string? Value)[] others)
    {
        var name = isName ? $"@meeseeks-test-{Guid.NewGuid()}" : _folder.File("notify");
        _socket.Bind(new UnixDomainSocketEndPoint(isName ? '\0' + name[1..] : name));
        return variable => variable is "NOTIFY_SOCKET" ? name : Array.Find(others, other => other.Name == variable).Value;
    }

    private static void Hang(ManualResetEventSlim entered, ManualResetEventSlim leave)
    {
        entered.Set();
        leave.Wait(CancellationToken.None);
    }

    private string Receive()
    {
        _socket.ReceiveTimeout = 20_000;
        var bytes = new byte[1024];
        return Encoding.UTF8.GetString(bytes, 0, _socket.Receive(bytes));
    }
}
