using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Protocol.Tests.Recordings;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>The state file (docs/SPECIFICATION.md#state-file).</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task Jobs_are_all_in_the_file_after_the_stop_and_go_on_after_the_start()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "state.checkpoint=0", "state.expire=600", "pools.p.slots=0"];
        await using (var box = await RunningBox.StartAsync([.. words, "pools.p.hold=true"]))
        {
            _ = await box.SubmitAsync(new { id = "queued", pool = "p", node = "n1", args = Some.Shell("echo x"), tags = new[] { "t" } });
            _ = await box.SubmitAsync(new { id = "unassigned", pool = "p", args = Some.True });
            _ = await box.SubmitAsync(new { id = "held", pool = "p", args = Some.True, hold = true });
        }

        Directory.GetFiles(folder.Path, "*journal*").Should().BeEmpty();
        await using var again = await RunningBox.StartAsync(words);
        var queued = await again.WaitForEndAsync("queued");
        var unassigned = await again.WaitForEndAsync("unassigned");

        queued.Text("state").Should().Be("done");
        queued.Printed().Should().Be("x\n");
        queued.Texts("tags").Should().Equal("t");
        unassigned.Text("state").Should().Be("done");
        (await again.JobAsync("held")).Text("state").Should().Be("new");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.05")]
    public async Task The_file_of_a_stopped_box_lets_an_original_node_count_its_changes_from_1(string checkpoint)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        string[] words = [$"state.file={file}", $"state.checkpoint={checkpoint}", "state.expire=600", "pools.p.slots=0"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            _ = await box.RunAsync(new { id = "first", pool = "p", args = Some.True });
            _ = await box.RunAsync(new { id = "second", pool = "p", args = Some.True });
            _ = await box.WaitForFileAsync(file, text => checkpoint is "0" || text.Contains("\"done\""));
        }

        var saved = JsonElement.Parse(File.ReadAllText(file));
        await using var again = await RunningBox.StartAsync(words);
        var taken = await again.AskAsync("get", new { seq = 0 });
        var next = await again.RunAsync(new { id = "third", pool = "p", args = Some.True });

        saved.Keys().Should().Equal("first", "second");
        saved.EnumerateObject().Should().OnlyContain(job => job.Value.GetProperty("seq").GetInt64() == 0);
        taken.Keys().Should().Equal("first", "second");
        next.Number("seq").Should().BeGreaterThan(taken.GetProperty("second").Number("seq")!.Value);
    }

    [Fact]
    public async Task The_file_is_one_object_of_jobs_that_only_its_owner_can_read()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        await using var box = await RunningBox.StartAsync($"state.file={file}", "state.checkpoint=0.1", "pools.p.slots=0");

        var job = await box.RunAsync(new { id = "a", pool = "p", args = Some.True });
        var saved = await box.WaitForAsync(
            () => Task.FromResult(File.Exists(file) ? JsonElement.Parse(File.ReadAllText(file)) : default),
            state => state.Find("a")?.Text("state") is "done");

        saved.Keys().Should().Equal("a");
        saved.GetProperty("a").GetRawText().Should().Be(job.GetRawText());
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Every_valid_interval_works()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        await using var box = await RunningBox.StartAsync($"state.file={file}", "state.checkpoint=1000000000");

        foreach (var checkpoint in new[] { 0.0001, 1_000_000_000, 0.000_000_1 })
        {
            var job = await box.SubmitAsync(new { pool = "nowhere", args = Some.True });
            var changed = await box.AskObjectAsync(new { config = new { state = new { checkpoint } } });
            changed.Find("error").Should().BeNull();
            if (checkpoint < 1)
                (await box.WaitForFileAsync(file, text => text.Contains(job.Text("id")))).Should().EndWith("}");
        }
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        await using var box = await RunningBox.StartAsync(
            $"state.file={file}", "state.checkpoint=0.01", "state.expire=600", "pools.p.slots=0");
        _ = await box.SubmitAsync(new { pool = "nowhere", args = Some.True });
        _ = await box.WaitForFileAsync(file, _ => true);

        var counts = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            _ = await box.SubmitAsync(new { pool = "nowhere", args = new[] { new string('x', 10_000) } });
            counts.Add(JsonElement.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Keys().Length);
        }

        counts.Should().BeInAscendingOrder();
        counts[^1].Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task A_damaged_file_is_moved_aside_and_the_one_before_it_is_used()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("state", """{"lost":{"id":"lost","pool":"p","ar""");
        _ = folder.Write(
            "state.1", """{"kept":{"id":"kept","pool":"nowhere","args":["x"],"state":"new","submit_ts":1,"ts":1,"seq":1,"tags":[]}}""");

        await using var box = await RunningBox.StartAsync($"state.file={file}", "pools.p.slots=0");

        (await box.AskAsync("ls", new { })).ToString().Should().Be("""["kept"]""");
        Directory.GetFiles(folder.Path, "state.damaged-*").Should().ContainSingle();
        box.Log.Lines.Should().Contain(line => line.StartsWith("ERROR") && line.Contains(file));
    }

    [Fact]
    public async Task Without_a_readable_file_the_box_logs_an_error_and_starts_empty()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("state", "[]");
        _ = folder.Write("state.1", "\0\0\0");

        await using var box = await RunningBox.StartAsync($"state.file={file}");

        (await box.AskAsync("ls", new { })).ToString().Should().Be("[]");
        box.Log.Has("starting without jobs").Should().BeTrue();
    }

    [Fact]
    public async Task An_unreadable_job_does_not_affect_the_others()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "state", """{"bad":{"id":"bad","state":"asleep"},"good":{"id":"good","pool":"nowhere","args":["x"],"state":"new"}}""");

        await using var box = await RunningBox.StartAsync($"state.file={file}");

        (await box.AskAsync("ls", new { })).ToString().Should().Be("""["good"]""");
        box.Log.Lines.Should().Contain(line => line.StartsWith("ERROR") && line.Contains("bad") && line.Contains("asleep"));
    }

    [Fact]
    public async Task Two_boxes_do_not_share_a_state_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state");
        await using var box = await RunningBox.StartAsync($"state.file={file}");

        var second = await BoxProgram.RunAsync("listen.port=0", $"state.file={file}");

        second.ExitStatus.Should().Be(1);
        second.Errors.Should().Be(
            $"state.file: cannot lock {file}.lock: another process uses it; "
                + "each meeseeks-box needs a state file of its own, in a folder that it may write\n");
        (await box.AskAsync("ls", new { })).ToString().Should().Be("[]");
    }

    [Theory]
    [InlineData("head1.state.json")]
    [InlineData("node1.state.json")]
    public async Task No_job_of_a_state_file_of_any_version_is_left_out(string name)
    {
        string[] files = [.. Recording.StateFiles.Where(file => Path.GetFileName(file.Key) == name).Select(file => file.Value.Trim())];
        using var folder = new TemporaryFolder();
        // The files have no job in common, so that one box reads the text of all of them.
        _ = folder.Write("state", "{" + string.Join(',', files.Select(text => text[1..^1])) + "}");

        await using var box = await RunningBox.StartAsync(
            "name=elsewhere", $"state.file={folder.File("state")}", "state.expire=1000000000");
        var now = await box.AskAsync("get", new { });

        files.Should().HaveCount(3);
        var then = files.Select(text => JsonElement.Parse(text)).ToArray();
        then.Should().OnlyContain(file => file.Keys().Length > 5);
        now.Keys().Should().BeEquivalentTo(then.SelectMany(file => file.Keys()));
        foreach (var job in then.SelectMany(file => file.EnumerateObject()))
        {
            now.GetProperty(job.Name).Text("id").Should().Be(job.Name);
            now.GetProperty(job.Name).Text("state").Should().Be(job.Value.Text("state"));
            now.GetProperty(job.Name).Text("stdout_data").Should().Be(job.Value.Text("stdout_data"));
        }

        box.Log.Has("ERROR").Should().BeFalse();
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
