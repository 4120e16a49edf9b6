using System.Net.Sockets;
using System.Text;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Supervision;

/// <summary>Messages to systemd, for Type=notify in packaging/systemd/meeseeks-box.service.</summary>
public sealed class SupervisorTests
{
    [Fact]
    public async Task It_receives_start_reload_stop_and_watchdog_pings_and_jobs_do_not_see_the_socket()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        var config = folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(new BoxStart(config)
        {
            Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "300000" },
        });

        var ready = await HearAsync("READY=1");
        await HearAsync("WATCHDOG=1");
        await HearAsync("WATCHDOG=1");
        var job = await box.RunAsync(new { pool = "p", args = new[] { TestProgram.Path, "env", "NOTIFY_SOCKET", "WATCHDOG_USEC" } });
        box.Send(Signal.Hangup);
        var reloading = await HearAsync("RELOADING=1");
        await HearAsync("READY=1");
        File.WriteAllText(config, """{ "pools": 7 }""");
        box.Send(Signal.Hangup);
        await HearAsync("RELOADING=1");
        var refused = await HearAsync("READY=1");
        (await box.StopAsync()).Should().Be(0);
        await HearAsync("STOPPING=1");

        ready.Should().Contain($"STATUS=listening on port {box.Port}");
        reloading.Should().MatchRegex("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$");
        refused.Should().Contain("the new one was rejected: ").And.Contain("pools");
        job.Printed().Should().Be("unset unset\n");

        async Task<string> HearAsync(string beginning)
        {
            var bytes = new byte[4096];
            while (true)
            {
                var count = await socket.ReceiveAsync(
                    bytes, TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);
                var message = Encoding.UTF8.GetString(bytes, 0, count);
                if (message.StartsWith(beginning, StringComparison.Ordinal))
                    return message;
            }
        }
    }
}
