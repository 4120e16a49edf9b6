using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Tls;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>Golden transcripts of the error codes that need their own box, port or timing.</summary>
[Collection(typeof(SharedBoxes))]
public sealed class RefusalTranscriptTests(SharedBox plain, BoxWithLimits limited, TlsBoxes boxes)
{
    [Fact]
    public async Task A_client_without_a_role_is_answered_as_before()
    {
        using var folder = new TemporaryFolder();
        var transcript = new Transcript("refusals-by-role");
        await using var box = await RunningBox.StartAsync(Allow("submit"), "pools.p=");
        using var connection = await box.ConnectAsync();
        var session = new RecordedSession(transcript, box, new LineStream(connection.Stream));

        await session.PlayAsync("""
            # submit
            > [{"modify":{}},{"config":{"name":"x"}}]
            > [{"submit":{"pool":"__config","node":"n1","args":{}}},{"sync":{"x":{"pool":"__config","args":{}}}},{"kill":"nosuch"}]
            """);
        await ReloadAsync("read", times: 1);
        await session.PlayAsync("""
            # read
            > [{"submit":{"id":"x","pool":"p","args":["a"]}},{"kill":"x"},{"kill":{}},{"sync":{}},{"ls":{}}]
            """);
        await ReloadAsync("none", times: 2);
        await session.PlayAsync("""
            # none
            > [{"status":{},"nodes":{},"pools":{},"query":"x","job":"x","get":{},"ls":{}}]
            > [{"config":{}}]
            > []
            """);

        transcript.Verify();

        string Allow(string role) => folder.Write("allow.cfg", $$$$"""{"listen":{"allow":{"*":"{{{{role}}}}"}}}""");

        // A client without the role cannot change the configuration by a request.
        Task ReloadAsync(string role, int times)
        {
            _ = Allow(role);
            box.Send(Signal.Hangup);
            return box.WaitForLogAsync("new configuration in force", times);
        }
    }

    [Fact]
    public async Task A_line_that_is_too_long_or_too_deep_is_answered_as_before()
    {
        var transcript = new Transcript("refusals-by-size");
        using var connection = await limited.Box.ConnectAsync();
        var session = new RecordedSession(transcript, limited.Box, new LineStream(connection.Stream));

        await session.PlayAsync($$$"""
            # listen.max_depth=5
            > [{"get":{"tag":[[]]}}]
            > [{"get":{"tag":[[[]]]}}]
            # listen.max_request=100
            > [{"get":"{{{new string('x', 88)}}}"}]
            > [{"get":"{{{new string('x', 89)}}}"}]
            <
            """);

        transcript.Verify();
    }

    [Fact]
    public async Task A_submit_to_a_box_that_stops_is_answered_as_before()
    {
        var transcript = new Transcript("refusals-while-stopping");
        await using var box = await RunningBox.StartAsync("pools.p.kill_grace=1000");
        transcript.Mask.Add(box.Folder, "<folder>");
        using var connection = await box.ConnectAsync();
        var session = new RecordedSession(transcript, box, new LineStream(connection.Stream));
        _ = await box.SubmitAsync(new
        {
            id = "stubborn",
            pool = "p",
            cwd = box.Folder,
            args = Some.Shell("trap '> terminated' TERM; > ready; until [ -e end ]; do sleep 0.01; done"),
        });
        _ = await box.WaitForFileAsync(Path.Combine(box.Folder, "ready"), _ => true);

        box.Send(Signal.Terminate);
        _ = await box.WaitForFileAsync(Path.Combine(box.Folder, "terminated"), _ => true);
        await session.PlayAsync("""
            # The job is asked to end, and the box waits for it
            > [{"submit":{"id":"late","pool":"p","args":["/bin/true"]}},{"ls":{}}]
            > [{"sync":{"late":{"pool":"p","args":["/bin/true"],"node":false,"state":"new","ts":1,"submit_ts":1}}},{"ls":{}}]
            > [{"submit":{"id":"stubborn","tags":["x"]}}]
            """);
        await File.WriteAllTextAsync(Path.Combine(box.Folder, "end"), "", TestContext.Current.CancellationToken);
        await session.ReadAsync();

        (await box.WaitForExitAsync()).Should().Be(0);
        transcript.Verify();
    }

    [Fact]
    public async Task Plain_text_TLS_and_a_missing_certificate_are_answered_as_before()
    {
        var transcript = new Transcript("refusals-of-tls");
        var encrypted = await boxes.Strict;

        using (var connection = await encrypted.ConnectAsync())
        {
            await new RecordedSession(transcript, encrypted, new LineStream(connection.Stream)).PlayAsync("""
                # Plain text to a port that speaks TLS
                > [{"status":{}}]
                <
                """);
        }

        using (var connection = await plain.Box.ConnectAsync())
        {
            transcript.Heading("A TLS greeting to a port that speaks plain text");
            await connection.Stream.WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x00, 0x01, 0x01 }, TestContext.Current.CancellationToken);
            var lines = new LineStream(connection.Stream);
            transcript.Received(await lines.ReadAsync());
            transcript.Received(await lines.ReadAsync());
        }

        using (var client = new TcpClient())
        {
            transcript.Heading("A client without a certificate where one is required");
            await client.ConnectAsync(IPAddress.Loopback, encrypted.Port, TestContext.Current.CancellationToken);
#pragma warning disable CA5359 // The test does not check the certificate of the server.
            await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
            await stream.AuthenticateAsClientAsync("localhost");
            var lines = new LineStream(stream);
            transcript.Received(await lines.ReadAsync());
            transcript.Received(await lines.ReadAsync());
        }

        transcript.Verify();
    }
}
