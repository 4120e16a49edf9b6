using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Pools;

/// <summary>Plugins, good and bad (docs/SPECIFICATION.md#plugin-faults).</summary>
public sealed class PluginTests(BadPluginsBox bad) : IClassFixture<BadPluginsBox>
{
    private static readonly string PlumbusFolder = BuildOutput.Of("plugins/Plumbus");

    private RunningBox Box => bad.Box;

    [Fact]
    public async Task Plumbus_is_found_through_MEESEEKS_PLUGINS_and_reports_what_it_made()
    {
        await using var box = await RunningBox.StartAsync(new BoxStart("pools.plumbus.plugin=Plumbus.Workshop")
        {
            Environment = new Dictionary<string, string> { ["MEESEEKS_PLUGINS"] = $"/no/such/folder:{PlumbusFolder}" },
        });

        var made = await box.RunAsync(new { pool = "plumbus", args = new[] { "base", "bulb" }, config = new { step_seconds = 0.01 } });
        var refused = await box.RunAsync(new { pool = "plumbus", args = new[] { "fleeb" } });
        var failed = await box.RunAsync(new { pool = "plumbus", args = new[] { "polish" }, config = new { step_seconds = 0 } });

        made.Text("state").Should().Be("done");
        made.Text("plumbus").Should().Be("base-bulb");
        made.Number("progress").Should().Be(1);
        made.Find("pid").Should().BeNull();
        refused.Text("error").Should().Contain("no 'fleeb' on the shelf");
        refused.Number("start_count").Should().Be(0);
        failed.Number("rc").Should().Be(1);
        failed.Text("error").Should().Contain("nothing to polish");
    }

    [Fact]
    public async Task Plumbus_is_found_beside_the_config_file_and_can_be_killed()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(PlumbusFolder))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var config = folder.Write("box.cfg", """{ "pools": { "plumbus": { "plugin": "Plumbus.Workshop" } } }""");
        await using var box = await RunningBox.StartAsync(config);
        _ = await box.SubmitAsync(new { id = "a", pool = "plumbus", args = new[] { "standard" }, config = new { step_seconds = 1000 } });
        var running = await box.WaitForJobAsync("a", job => job.Text("step").Length > 0);

        _ = await box.AskAsync("kill", "a");
        var job = await box.WaitForEndAsync("a");

        running.Text("state").Should().Be("running");
        job.Text("state").Should().Be("killed");
        box.Log.Has("swept 0 fitted parts").Should().BeTrue();
    }

    [Fact]
    public async Task A_missing_plugin_is_an_error_of_the_configuration()
    {
        var problems = new Dictionary<string, (string Plugin, string Why)>
        {
            ["nofile"] = ("No.Such", "there is no file"),
            ["noclass"] = ("Plumbus.Workbench", "has no class 'Workbench'; its tasks are: Plumbus.Workshop"),
            ["notask"] = ("Plumbus.dll:Plumbus.Recipe", "is not a task"),
            ["nodots"] = ("nodots", "names no class in a file"),
        };
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(PlumbusFolder))
            File.Copy(file, folder.File(Path.GetFileName(file)));
        var pools = problems.ToDictionary(problem => problem.Key, problem => new { plugin = problem.Value.Plugin });
        var config = folder.Write("box.cfg", JsonSerializer.Serialize(new { listen = new { port = 0 }, pools }));

        // A start reports the same mistakes as a check (TargetTests).
        var (status, _, errors) = await BoxProgram.RunAsync("--check", config);

        status.Should().Be(2);
        foreach (var (pool, (_, why)) in problems)
            errors.Split('\n').Should().ContainSingle(line => line.Contains($"pools.{pool}.plugin")).Which.Should().Contain(why);
    }

    [Theory]
    [InlineData("Throwing", "InvalidOperationException: it threw at once")]
    [InlineData("ThrowingLater", "InvalidOperationException: it threw later")]
    [InlineData("ThrowingWhenMade", "InvalidOperationException: it threw when it was made")]
    [InlineData("Meddling", "'state' is set by the box itself")]
    [InlineData("Nothing", "returned no outcome")]
    public async Task A_plugin_that_throws_fails_its_job_only(string plugin, string why)
    {
        var job = await Box.RunAsync(new { pool = plugin, args = new[] { "state" } });
        var next = await Box.RunAsync(new { pool = plugin, args = new[] { "task" } });
        var good = await Box.RunAsync(new { pool = "p", args = Some.True });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain(why);
        next.Text("state").Should().Be(plugin is "Meddling" ? "done" : "failed");
        good.Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_plugin_that_throws_at_its_kill_is_killed_all_the_same()
    {
        var id = (await Box.SubmitAsync(new { pool = "ThrowingAtKill", args = Some.True })).Text("id");
        _ = await Box.WaitForStartAsync(id);

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        job.Number("rc").Should().Be(7);
    }

    [Fact]
    public async Task A_plugin_that_ignores_its_kill_is_abandoned_after_10_s_and_its_slot_is_free()
    {
        var id = (await Box.SubmitAsync(new { pool = "Deaf", args = Some.True })).Text("id");
        _ = await Box.WaitForStartAsync(id);

        _ = await Box.AskAsync("kill", id);
        var job = await Box.WaitForEndAsync(id);

        job.Text("state").Should().Be("killed");
        (await Box.AskAsync("pools", new { })).GetProperty("Deaf").GetRawText().Should().Be("""{"n1":1}""");
        Box.Log.Has("abandoned: killed, but not ended").Should().BeTrue();
    }

    [Theory]
    [InlineData("thread", "it threw on its thread")]
    [InlineData("void", "it threw in a void")]
    public async Task An_exception_on_a_background_thread_of_a_plugin_does_not_end_the_box(string where, string what)
    {
        var job = await Box.RunAsync(new { pool = "ThrowingAside", args = new[] { where } });
        await Box.WaitForLogAsync(what);
        var good = await Box.RunAsync(new { pool = "p", args = Some.True });

        job.Text("state").Should().Be("done");
        good.Text("state").Should().Be("done");
        Box.Log.ToString().Should().MatchRegex(
            $@"ERROR [^\n]+: unhandled exception on a background thread of plugin BadPlugins[^\n]*\n[^\n]*: {what}\n");
    }

    // The box of the fixture must also stop in order.
    [Fact]
    public async Task Leftovers_of_plugins_do_not_affect_jobs_or_the_stop()
    {
        for (var number = 0; number < 50; number++)
            (await Box.RunAsync(new { pool = "Leaking", args = Some.True })).Text("state").Should().Be("done");

        (await Box.RunAsync(new { pool = "p", args = Some.True })).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task Plugins_that_block_threads_delay_no_other_job()
    {
        await using var box = await RunningBox.StartAsync(BadPluginsBox.Plugin("bad", "Blocking"), "pools.p=");

        // More threads than the runtime adds to its pool during the wait.
        for (var i = 0; i < 100; i++)
            _ = await box.SubmitAsync(new { pool = "bad", args = Some.True });
        _ = await box.WaitForAsync(() => box.AskAsync("ls", new { state = "running" }), jobs => jobs.GetArrayLength() is 100);
        var good = await box.RunAsync(new { pool = "p", args = Some.True });

        // The second signal ends the box without waiting for them.
        box.Send(Signal.Terminate);
        await box.WaitForLogAsync("stopping");
        _ = await box.StopAsync();
        good.Text("state").Should().Be("done");
    }
}
