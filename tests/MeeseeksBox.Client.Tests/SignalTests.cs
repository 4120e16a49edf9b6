using System.Collections.Concurrent;
using MeeseeksBox.Protocol;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Client.Tests;

/// <summary>Signals to jobs, by boxes that send them and others.</summary>
public sealed class SignalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_box_is_asked_to_send_a_signal_after_a_probe()
    {
        await using var box = new FakeBox(request => request.GetProperty("kill").GetArrayLength() is 0
            ? """{"kill":{},"signal":"SIGUSR1"}"""
            : """{"kill":{"a":{"id":"a","pool":"p","args":["x"],"node":"n","state":"running"}},"signal":"SIGUSR1"}""");
        await using var client = box.Client();

        (await client.SignalAsync("a", "USR1", Stop)).Id.Should().Be("a");

        box.Requests.Select(request => request.GetRawText()).Should().Equal(
            """{"kill":[],"signal":"USR1"}""", """{"kill":["a"],"signal":"USR1"}""");
    }

    // It ignores the signal, and kills.
    [Fact]
    public async Task An_old_box_is_asked_for_nothing_that_kills()
    {
        await using var box = new FakeBox(_ => """{"kill":{}}""");
        await using var client = box.Client();

        (await client.Awaiting(one => one.SignalAsync("a", "USR1", Stop)).Should().ThrowAsync<MeeseeksRequestException>())
            .WithMessage("* has a version that sends no signals; nothing was sent");

        box.Requests.Select(request => request.GetRawText()).Should().Equal("""{"kill":[],"signal":"USR1"}""");
    }

    // It may be of an earlier version, and kill.
    [Fact]
    public async Task A_box_that_takes_the_place_of_another_after_the_probe_gets_no_signal()
    {
        var lines = new ConcurrentQueue<string?>();
        await using var boxes = new TestListener(async (socket, stop) =>
        {
            using var reader = new StreamReader(socket.GetStream());
            lines.Enqueue(await reader.ReadLineAsync(stop));
            await socket.GetStream().WriteAsync("""[{"kill":{},"signal":"SIGUSR1"}]"""u8.ToArray(), stop);
            await socket.GetStream().WriteAsync("\n"u8.ToArray(), stop);
        });
        await using var client = new MeeseeksClient(new MeeseeksClientOptions { Port = boxes.Port });

        await client.Awaiting(one => one.SignalAsync("a", "USR1", Stop)).Should().ThrowAsync<MeeseeksConnectionException>();

        lines.Should().Equal("""[{"kill":[],"signal":"USR1"}]""");
    }

    [Fact]
    public async Task The_reason_of_the_box_is_passed_on()
    {
        await using var box = new FakeBox(request => request.GetProperty("signal").GetString() is "USR3"
            ? """{"error":"signal: 'USR3' is not the name of a signal; did you mean USR1?","code":"bad_request"}"""
            : request.GetProperty("kill").GetArrayLength() is 0
                ? """{"kill":{},"signal":"SIGUSR1"}"""
                : """{"kill":{"a":false},"signal":"SIGUSR1","error":"there is no job 'a'","code":"refused"}""");
        await using var client = box.Client();

        (await client.Awaiting(one => one.SignalAsync("a", "USR3", Stop)).Should().ThrowAsync<MeeseeksRequestException>())
            .Which.Code.Should().Be(ErrorCode.BadRequest);
        (await client.Awaiting(one => one.SignalAsync("a", "USR1", Stop)).Should().ThrowAsync<MeeseeksRequestException>())
            .WithMessage("there is no job 'a'");
    }

    [Fact]
    public async Task A_job_is_suspended_and_resumed_by_a_box_that_can()
    {
        const string Answer = """{"suspend":{"a":{"pool":"p","args":["x"],"node":"n","state":"running","suspended":true}}}""";
        await using var box = new FakeBox(request => request.TryGetProperty("suspend", out _) ? Answer : "{}");
        await using var client = box.Client();

        (await client.SuspendAsync("a", Stop)).Spec.Suspended.Should().BeTrue();
        (await client.Awaiting(one => one.ResumeAsync("a", Stop)).Should().ThrowAsync<MeeseeksRequestException>())
            .WithMessage("* has a version that does not resume jobs");

        box.Requests.Select(request => request.GetRawText()).Should().Equal("""{"suspend":["a"]}""", """{"resume":["a"]}""");
    }
}
