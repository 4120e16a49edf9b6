using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Where results are recorded, and what happens when they cannot be (docs/SPECIFICATION.md#watch-faults).</summary>
public sealed class WatchAccountTests(SharedBox shared) : WatchTests(shared)
{
    private string Go => Path.Combine(Scratch, "go");

    [Fact]
    public async Task A_job_that_another_watcher_stopped_is_run_again_and_is_no_result()
    {
        // With status files of its own, each has a lock of its own.
        string WatchFor(string name) => Watch(
            [Job("run", $"until test -e {Go}; do sleep 0.05; done")],
            new { rescan = 0.2, status_path = Directory.CreateDirectory(Path.Combine(Scratch, name)).FullName });
        await using var stays = await StartAndWaitAsync(WatchFor("stays"));
        await using (var ends = await StartAndWaitAsync(WatchFor("ends")))
        {
            _ = Drop("a");
            await RunsAsync("run");
            int Count(string text) => ends.Log.Count(text) + stays.Log.Count(text);

            // The answers to the two of them come in any order.
            await UntilAsync(() => Count("for a exists already") == 1 && Count("is submitted for a") == 1, () => $"{ends.Log}{stays.Log}");

            (await ends.StopAsync()).Should().Be(0);
        }

        await RunsAsync("run", "run");
        stays.Log.Has("was stopped by another watcher").Should().BeTrue();
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await UntilAsync(() => stays.Log.Has("for a is done"), () => $"{stays.Log}");
        Directory.GetFiles(Path.Combine(Scratch, "stays"), "._w_0_a.*", SearchOption.AllDirectories).Select(Path.GetFileName)
            .Should().Equal("._w_0_a.done");
    }

    [Fact]
    public async Task A_folder_at_the_name_of_a_status_file_holds_up_its_file_only()
    {
        _ = Directory.CreateDirectory(Status("bad", "done"));
        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s")], new { rescan = 0.2 }));
        _ = Drop("bad");
        await UntilAsync(() => watcher.Log.Has("cannot write the status files of bad"), () => $"{watcher.Log}");

        _ = Drop("good");
        await StatusAsync("good", "done");
        Directory.Delete(Status("bad", "done"));
        await StatusAsync("bad", "done");

        Runs.Should().Equal("good", "bad");
        watcher.Log.Count("cannot write the status files of bad").Should().Be(1);
        await UntilAsync(() => watcher.Log.Has("can write the status files of bad again"), () => $"{watcher.Log}");
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_because_of_its_name_is_kept_and_holds_up_its_file_only()
    {
        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s", $"test $1 = good || mkdir {In}/._w_0_bad.done")]));
        _ = Drop("bad");
        await UntilAsync(() => watcher.Log.Has("._w_0_bad.done: it is a folder; the result of job"), () => $"{watcher.Log}");

        _ = Drop("good");
        await StatusAsync("good", "done");
        Directory.Delete(Status("bad", "done"));
        await StatusAsync("bad", "done");

        Runs.Should().Equal("bad", "good");
    }

    [Fact]
    public async Task Once_ends_with_1_when_a_result_cannot_be_recorded_and_the_next_round_takes_it_from_the_box()
    {
        _ = Drop("a");
        var watch = Watch([Job("run", $"mkdir {In}/._w_0_a.done")]);

        var (status, _, errors) = await OnceAsync(Box.Port, watch, "client.timeout=3");
        Directory.Delete(Status("a", "done"));
        var second = await OnceAsync(Box.Port, watch);

        status.Should().Be(1);
        errors.Should().Contain("for a is not recorded after 3 s");
        second.ExitStatus.Should().Be(0, second.Errors);
        File.Exists(Status("a", "done")).Should().BeTrue();
        Runs.Should().Equal("run");
    }

    [Fact]
    public async Task Once_ends_with_1_when_the_box_stays_away_and_the_next_round_resumes_the_job()
    {
        _ = Drop("a");
        var watch = Watch([Job("run", $"until test -e {Go}; do sleep 0.05; done")]);
        string[] words = ["pools.p.slots=0", $"state.file={Scratch}/state.json", "state.at_stop=keep"];
        var port = FreePort.Find();
        Task<(int ExitStatus, string Output, string Errors)> first;
        await using (var box = await RunningBox.StartAsync([$"listen.port={port}", .. words]))
        {
            first = OnceAsync(port, watch, "client.timeout=3");
            await RunsAsync("run");
            _ = await box.StopAsync();
        }

        var (status, _, errors) = await first;
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
        await using var again = await RunningBox.StartAsync([$"listen.port={port}", .. words]);
        var second = await OnceAsync(port, watch);

        status.Should().Be(1);
        errors.Should().Contain("has no result");
        second.ExitStatus.Should().Be(0, second.Errors);
        Runs.Should().Equal("run");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_reported_before_the_first_job_and_can_be_watched_with_status_path()
    {
        Tool.NeedsRoot("a read-only mount");
        _ = Drop("a");
        Tool.Run("mount", "--bind", In, In);
        try
        {
            Tool.Run("mount", "-o", "remount,bind,ro", In);

            var (status, _, errors) = await OnceAsync(Box.Port, Watch([Job("%(filename)s")]));

            var elsewhere = Watch([Job("%(filename)s")], new { status_path = Directory.CreateDirectory(Scratch + "/status").FullName });
            var before = Runs;
            var second = await OnceAsync(Box.Port, elsewhere);
            var third = await OnceAsync(Box.Port, elsewhere);

            status.Should().Be(1);
            errors.Should().Contain($"cannot write status files: {In}: read-only file system; this watch submits nothing");
            before.Should().BeEmpty();
            second.ExitStatus.Should().Be(0, second.Errors);
            third.ExitStatus.Should().Be(0, third.Errors);
            Runs.Should().Equal("a");
        }
        finally
        {
            Tool.Run("umount", In);
        }
    }

    [Fact]
    public async Task A_status_file_that_is_removed_elsewhere_makes_its_file_run_again_at_once()
    {
        var path = Directory.CreateDirectory(Scratch + "/status").FullName;
        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s")], new { status_path = path }));
        _ = Drop("a");
        await UntilAsync(() => watcher.Log.Has("for a is done"), () => $"{watcher.Log}");

        File.Delete(Directory.GetFiles(path, "._w_0_a.done", SearchOption.AllDirectories).Single());

        await RunsAsync("a", "a");
        Directory.GetFiles(In).Should().ContainSingle();
    }

    private Task<(int ExitStatus, string Output, string Errors)> OnceAsync(int port, params string[] words) =>
        WatchProgram.RunAsync(
            ["client.address=127.0.0.1", $"client.port={port}", "client.refresh=0.05", $"name={Name}", "once=1", .. words]);
}
