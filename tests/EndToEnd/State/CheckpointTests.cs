using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>The state file (docs/SPECIFICATION.md#state-file).</summary>
/// <remarks>RestartTests has the stop and the next start, and StateFileTests the files of each version.</remarks>
public sealed class CheckpointTests
{
    [Fact]
    public async Task The_file_is_one_object_of_jobs_at_every_interval_that_only_its_owner_can_read_and_without_durable_the_only_one()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        await using var box = await RunningBox.StartAsync(
            $"state.file={file}", "state.durable=false", "state.checkpoint=1000000000", "state.expire=600", "pools.p.slots=0");

        foreach (var checkpoint in new[] { 0.0001, 1_000_000_000, 0.000_000_1, 0.01 })
        {
            var first = await box.SubmitAsync(new { pool = "nowhere", args = Some.True });
            var changed = await box.AskObjectAsync(new { config = new { state = new { checkpoint } } });
            changed.Find("error").Should().BeNull($"{checkpoint} is a valid interval");
            if (checkpoint < 1)
                (await box.WaitForFileAsync(file, text => text.Contains(first.Text("id")))).Should().EndWith("}");
        }

        var job = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        var saved = await box.WaitForAsync(
            () => Task.FromResult(File.Exists(file) ? JsonElement.Parse(File.ReadAllText(file)) : default),
            state => state.Find("a")?.Text("state") is "done");
        var counts = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            _ = await box.SubmitAsync(new { pool = "nowhere", args = new[] { new string('x', 10_000) } });
            counts.Add(JsonElement.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Keys().Length);
        }

        saved.Keys().Should().HaveCount(5);
        saved.GetProperty("a").GetRawText().Should().Be(job.GetRawText());
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(folder.Path, "*journal*").Should().BeEmpty();
        counts.Should().BeInAscendingOrder("a reader never sees half a file");
        counts[^1].Should().BeGreaterThan(5);
    }

    [Fact]
    public async Task A_damaged_file_is_moved_aside_and_the_readable_jobs_of_the_one_before_it_are_used()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("state", """{"lost":{"id":"lost","pool":"p","ar""");
        _ = folder.Write("state.1", """
            {"bad":{"id":"bad","state":"asleep"},
            "kept":{"id":"kept","pool":"nowhere","args":["x"],"state":"new","submit_ts":1,"ts":1,"seq":1,"tags":[]}}
            """);

        await using var box = await RunningBox.StartAsync($"state.file={file}", "pools.p.slots=0");

        (await box.AskAsync("ls", new { })).ToString().Should().Be("""["kept"]""");
        Directory.GetFiles(folder.Path, "state.damaged-*").Should().ContainSingle();
        box.Log.Lines.Should().Contain(line => line.StartsWith("ERROR") && line.Contains(file));
        box.Log.Lines.Should().Contain(line => line.StartsWith("ERROR") && line.Contains("bad") && line.Contains("asleep"));
    }

    [Fact]
    public async Task A_state_file_of_the_old_program_loads()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "State", "old-state.json"), file);

        await using var box = await RunningBox.StartAsync(
            "name=node1", $"state.file={file}", "state.expire=1000000000", "pools.p1.slots=2", "pools.p1.restart_delay=0");
        var held = await box.JobAsync("held");
        var crashed = await box.JobAsync("long");
        var waiting = await box.WaitForEndAsync("waiting");

        (await box.AskAsync("ls", new { })).GetArrayLength().Should().Be(6);
        held.GetProperty("tags").ToString().Should().Be("[]");
        held.Flag("hold").Should().BeTrue();
        held.Text("state").Should().Be("new");
        crashed.Text("state").Should().Be("failed");
        crashed.Text("error").Should().Be("crashed");
        waiting.Text("state").Should().Be("done");
        (await box.JobAsync("ok")).Printed().Should().Be("hello\n");
        (await box.JobAsync("far")).Text("node").Should().Be("node2");
        (await box.JobAsync("cfg")).GetProperty("args").Text("name").Should().Be("node1");
    }
}
