using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Stopping;

/// <summary>The stop of a box (docs/SPECIFICATION.md#stopping).</summary>
public sealed class StopTests
{
    // Ignores SIGTERM, and prints a line when the trap is set.
    private static readonly string[] Stubborn = Some.Shell("trap '' TERM; echo ready >\"$0\"; while :; do sleep 0.01; done", "ready");

    // SIGTERM does the same: each box of these tests gets it at its end.
    [Fact]
    public async Task At_SIGINT_running_jobs_fail_with_shutdown_the_state_is_saved_and_the_status_is_0()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        await using var box = await RunningBox.StartAsync(
            $"state.file={file}", "state.checkpoint=0", "state.expire=600", "pools.p.slots=1", "wait_in_pool=true");
        _ = await box.SubmitAsync(new { id = "a", pool = "p", args = Some.Sleep });
        _ = await box.SubmitAsync(new { id = "waits", pool = "p", args = Some.True });
        var pid = (int)(await box.WaitForStartAsync("a")).Number("pid")!.Value;

        var status = await box.StopAsync(Signal.Interrupt);

        status.Should().Be(0);
        Signal.IsAlive(pid).Should().BeFalse();
        var saved = JsonElement.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        saved.GetProperty("a").Text("state").Should().Be("failed");
        saved.GetProperty("a").Text("error").Should().Be("shutdown");
        saved.GetProperty("a").Number("fail_count").Should().Be(1);
        saved.GetProperty("waits").Text("state").Should().Be("new");
        box.Log.Lines[^1].Should().Contain("stopped");
    }

    [Fact]
    public async Task A_stopping_box_answers_queries_rejects_submits_and_configurations_and_ignores_a_reload()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("box.cfg", """{ "pools": { "p": { "kill_grace": 2 } } }""");
        await using var box = await RunningBox.StartAsync(file);
        _ = await box.SubmitAsync(new { id = "a", pool = "p", args = Stubborn });
        _ = await box.WaitForFileAsync(Path.Combine(box.Folder, "ready"), _ => true);

        box.Send(Signal.Terminate);
        await box.WaitForLogAsync("stopping");
        _ = folder.Write("box.cfg", """{ "pools": { "p": { "slots": 7 } } }""");
        box.Send(Signal.Hangup);
        var answer = await box.WaitForAsync(
            () => box.AskObjectAsync(new { job = "a", submit = new { id = "late", pool = "p", args = Some.True } }),
            answer => answer.Text("error").Length > 0);
        var config = await box.WaitForAsync(
            () => box.AskObjectAsync(new { config = new { pools = new { p = new { slots = 8 } } } }),
            answer => answer.Text("code").Length > 0);
        await box.WaitForLogAsync("reload ignored: the box is stopping");
        var status = await box.WaitForExitAsync();

        answer.GetProperty("submit").GetRawText().Should().Be("""{"late":false}""");
        answer.Text("error").Should().Contain("stopping");
        answer.GetProperty("job").Text("id").Should().Be("a");
        config.Text("code").Should().Be("stopping");
        status.Should().Be(0);
        box.Log.Has("new configuration in force").Should().BeFalse();
        box.Log.Lines[^1].Should().Contain("stopped");
    }

    [Fact]
    public async Task A_stop_during_a_reload_waits_for_it()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(file);
        await using var reload = await ReloadFromPipeAsync(box, file);

        box.Send(Signal.Terminate);
        await box.WaitForLogAsync("stopping");
        await reload.WriteAsync("""{ "pools": { "q": {} } }"""u8.ToArray(), TestContext.Current.CancellationToken);
        await reload.DisposeAsync();
        var status = await box.WaitForExitAsync();

        status.Should().Be(0);
        box.Log.Lines.Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..])
            .Should().ContainInOrder("stopping", "new configuration in force", "stopped");
    }

    [Fact]
    public async Task A_reload_that_hangs_delays_the_stop_by_at_most_5_s()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(file);
        await using var reload = await ReloadFromPipeAsync(box, file);

        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        var status = await box.StopAsync();

        status.Should().Be(0);
        System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds.Should().BeInRange(4.9, 12);
        box.Log.Has("stop continues: stage configuration not complete after 5 s").Should().BeTrue();
        box.Log.Has("new configuration in force").Should().BeFalse();
    }

    [Fact]
    public async Task Changes_of_the_configuration_that_hang_delay_the_stop_by_at_most_5_s()
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.File("cert.pem");
        Tool.Run("mkfifo", pipe);
        await using var box = await RunningBox.StartAsync();
        using var request = await box.ConnectAsync();
        using var submit = await box.ConnectAsync();

        // From then on, the box answers its short requests on the thread that receives them.
        _ = await submit.AskAsync("""[{"query":"x"}]""");
        var settings = JsonSerializer.Serialize(new { listen = new { ssl = new { cert = pipe } } });
        await submit.SendAsync($$$"""{"submit":{"pool":"__config","node":"n1","args":{{{settings}}}}}""" + "\n");
        await request.SendAsync($$$"""{"config":{{{settings}}}}""" + "\n");
        await using var begun = await OpenPipeAsync(pipe);
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        var status = await box.StopAsync();

        status.Should().Be(0);
        System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds.Should().BeInRange(4.9, 12);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var box = await RunningBox.StartAsync("pools.p.kill_grace=1000");
        _ = await box.SubmitAsync(new { id = "a", pool = "p", args = Stubborn });
        _ = await box.WaitForFileAsync(Path.Combine(box.Folder, "ready"), _ => true);
        var pid = (int)(await box.WaitForStartAsync("a")).Number("pid")!.Value;

        box.Send(Signal.Terminate);
        await box.WaitForLogAsync("stopping");
        var status = await box.StopAsync();

        status.Should().Be(1);
        await Wait.Until(() => !Signal.IsAlive(pid), () => "the runner has not killed the job", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Upstream_nodes_get_the_final_states()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        _ = await box.SubmitAsync(new { id = "a", pool = "p", args = Some.Sleep });
        var pid = (int)(await box.WaitForStartAsync("a")).Number("pid")!.Value;
        using var upstream = await box.ConnectAsync();
        var seen = (await upstream.AskAsync("""[{"sync":{},"get":{"seq":0}}]"""))[0].GetProperty("get").GetProperty("a").Number("seq");

        box.Send(Signal.Terminate);
        await box.WaitForLogAsync("stopping");
        _ = await box.WaitForAsync(() => Task.FromResult(Signal.IsAlive(pid)), isAlive => !isAlive);
        var last = await box.WaitForAsync(
            async () => (await upstream.AskAsync($$$"""[{"sync":{},"get":{"seq":{{{seen}}}}}]"""))[0].GetProperty("get"),
            jobs => jobs.Find("a")?.Text("state") is "failed");
        var status = await box.WaitForExitAsync();

        last.GetProperty("a").Text("error").Should().Be("shutdown");
        status.Should().Be(0);
    }

    [Fact]
    public async Task An_idle_upstream_node_delays_the_stop_by_at_most_2_s_and_idle_clients_and_held_answers_do_not_delay_it_more()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=0");
        using var upstream = await box.ConnectAsync();
        using var idle = await box.ConnectAsync();
        using var half = await box.ConnectAsync();
        using var waiting = await box.ConnectAsync();
        _ = await upstream.AskAsync("""[{"sync":{},"get":{"seq":0}}]""");
        _ = await box.RunAsync(new { pool = "p", args = Some.True });
        await half.SendAsync("[{\"job");
        await waiting.SendAsync("""[{"get":{"seq":0,"id":"nosuch"},"wait":60}]""" + "\n");
        _ = await box.AskAsync("ls", new { });

        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        var status = await box.StopAsync();

        status.Should().Be(0);
        System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds.Should().BeInRange(1.9, 6);
        (await idle.ReadLineAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Changes_of_the_configuration_race_with_each_other_and_with_the_stop()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("box.cfg", """{ "pools": { "p": { "slots": 0 } } }""");
        await using var box = await RunningBox.StartAsync(file, "state.expire=600");
        var connections = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => box.ConnectAsync()));

        var requests = connections.Select(async (connection, number) =>
        {
            var last = "";
            for (var slots = 1; last is not "stopping"; slots++)
            {
                var pools = new Dictionary<string, object> { [$"q{number}"] = new { slots } };
                await connection.SendAsync(JsonSerializer.Serialize(new { config = new { pools } }) + "\n");
                if (await connection.ReadLineAsync() is not { } line)
                    break;
                last = JsonElement.Parse(line)[0].Text("code");
            }

            return last;
        }).ToArray();
        for (var count = 0; count < 20; count++)
        {
            box.Send(Signal.Hangup);
            _ = await box.RunAsync(new { pool = "__config", node = "n1", args = new { pools = new { p = new { slots = count } } } });
        }

        var status = await box.StopAsync();
        var codes = await Task.WhenAll(requests);

        status.Should().Be(0);
        codes.Should().OnlyContain(code => code == "" || code == "stopping");
        Array.ForEach(connections, connection => connection.Dispose());
    }

    // The box reads its file from a pipe, so that the reload lasts until the test has written it. Returns once the reload has begun.
    private static async Task<FileStream> ReloadFromPipeAsync(RunningBox box, string file)
    {
        File.Delete(file);
        Tool.Run("mkfifo", file);
        box.Send(Signal.Hangup);
        return await OpenPipeAsync(file);
    }

    // Completes once the box reads from the pipe.
    private static Task<FileStream> OpenPipeAsync(string path) => Task.Run(
        () => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), TestContext.Current.CancellationToken);
}
