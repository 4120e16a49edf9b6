using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Signals, an unreachable box, and full disks (docs/SPECIFICATION.md#watch-faults).</summary>
public sealed class WatchLifeTests(SharedBox shared) : WatchTests(shared)
{
    [Fact]
    public async Task A_restarted_watcher_resumes_a_standing_job()
    {
        var standing = $"watch.s={JsonSerializer.Serialize(new { refresh = 0.2, jobs = new object[] { Job("run", "exec sleep 1000") } })}";
        await using (var first = Start(standing))
        {
            await RunsAsync("run");
            await first.CrashAsync();
        }

        await using var second = Start(standing);
        await UntilAsync(() => second.Log.Has("exists already"), () => $"{second.Log}");

        Runs.Should().Equal("run");
        second.Log.Has("is submitted").Should().BeFalse();
    }

    [Fact]
    public async Task SIGTERM_kills_the_jobs_and_the_next_start_runs_them_again()
    {
        var watch = Watch([Job("run", $"test -e {Scratch}/go || exec sleep 1000", new { id = Name + "-%(filename)s" })]);
        await using (var first = Start(watch))
        {
            _ = Drop("a");
            await RunsAsync("run");

            (await first.StopAsync()).Should().Be(0);
        }

        (await Box.JobAsync(Name + "-a")).Text("state").Should().Be("killed");
        Directory.GetFiles(In).Should().ContainSingle();
        await File.WriteAllTextAsync(Path.Combine(Scratch, "go"), "", TestContext.Current.CancellationToken);
        await using var second = Start(watch);
        await StatusAsync("a", "done");

        Runs.Should().Equal("run", "run");
        second.Log.Has($"job {Name}-a~1 is submitted for a").Should().BeTrue();
        second.Log.Has($"job {Name}-a is submitted for a").Should().BeFalse();
    }

    [Fact]
    public async Task SIGHUP_starts_new_watches_and_stops_removed_ones()
    {
        var config = Path.Combine(Scratch, "watch.cfg");
        void Write(string name, string words)
        {
            var watch = Watch([Job(words)])["watch.w=".Length..];
            File.WriteAllText(config, $$$"""{"watch":{"{{{name}}}":{{{watch}}}}}""");
        }

        Write("w", "old %(filename)s");
        await using var watcher = Start(config);
        _ = Drop("1");
        await StatusAsync("1", "done");

        File.WriteAllText(config, "{ nonsense");
        watcher.Send(Signal.Hangup);
        await UntilAsync(() => watcher.Log.Has("new configuration rejected"), () => $"{watcher.Log}");
        _ = Drop("2");
        await StatusAsync("2", "done");
        Write("v", "new %(filename)s");
        watcher.Send(Signal.Hangup);
        await StatusAsync("2", "done", watch: "v");
        _ = Drop("3");
        await StatusAsync("3", "done", watch: "v");

        Runs.Order().Should().Equal("new 1", "new 2", "new 3", "old 1", "old 2");
    }

    [Fact]
    public async Task SIGHUP_changes_a_watch_in_place()
    {
        var config = Path.Combine(Scratch, "watch.cfg");
        void Write(string glob)
        {
            var watch = Watch([Job("%(filename)s")], new { glob })["watch.w=".Length..];
            File.WriteAllText(config, $$$"""{"watch":{"w":{{{watch}}}}}""");
        }

        Write("*.a");
        _ = Drop("1.a");
        _ = Drop("1.b");
        await using var watcher = Start(config);
        await StatusAsync("1.a", "done");

        Write("*.b");
        watcher.Send(Signal.Hangup);

        await StatusAsync("1.b", "done");
        Runs.Should().Equal("1.a", "1.b");
    }

    [Fact]
    public async Task An_unreachable_box_loses_nothing_and_runs_nothing_twice_and_one_that_has_lost_a_job_gets_it_again()
    {
        var port = FreePort.Find();
        string[] words = [$"listen.port={port}", "pools.p.slots=0", $"state.file={Scratch}/state.json"];
        await using var watcher =
            RunningWatcher.Start(port, $"name={Name}", Watch([Job("%(filename)s", $"until test -e {Scratch}/go-$1; do sleep 0.05; done")]));
        _ = Drop("1");
        await UntilAsync(() => watcher.Log.Has("that the port is right; jobs wait until it is back"), () => $"{watcher.Log}");
        await using (var first = await RunningBox.StartAsync(words))
        {
            await RunsAsync("1");
            await File.WriteAllTextAsync(Path.Combine(Scratch, "go-1"), "", TestContext.Current.CancellationToken);
            await StatusAsync("1", "done");
            _ = await first.StopAsync();
        }

        _ = Drop("2");
        await UntilAsync(() => watcher.Log.Count("jobs wait until it is back") == 2, () => $"{watcher.Log}");
        await File.WriteAllTextAsync(Path.Combine(Scratch, "go-2"), "", TestContext.Current.CancellationToken);
        await using (var second = await RunningBox.StartAsync(words))
        {
            await StatusAsync("2", "done");
            watcher.Log.Count("the box is back").Should().Be(2);
            Runs.Should().Equal("1", "2");
            _ = Drop("3");
            await RunsAsync("1", "2", "3");
            _ = await second.StopAsync();
        }

        File.Delete($"{Scratch}/state.json");
        await File.WriteAllTextAsync(Path.Combine(Scratch, "go-3"), "", TestContext.Current.CancellationToken);
        await using var third = await RunningBox.StartAsync($"listen.port={port}", "pools.p.slots=0");
        await StatusAsync("3", "done");
        await watcher.StopAsync();
    }

    [Fact]
    public async Task A_full_disk_is_logged_and_loses_nothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "root is needed to mount a small file system");
        var disk = Directory.CreateDirectory(Path.Combine(Scratch, "disk")).FullName;
        var status = Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
        Assert.SkipUnless(status is 0, "a small file system cannot be mounted on this host");
        try
        {
            await using var watcher = Start(Watch([Job("%(filename)s")], new { path = disk, rescan = 0.3 }));
            await File.WriteAllTextAsync(Path.Combine(disk, "1"), "", TestContext.Current.CancellationToken);
            await UntilAsync(() => File.Exists(Path.Combine(disk, "._w_0_1.done")), () => $"{watcher.Log}");

            var room = Fill(Path.Combine(disk, ".room"));
            await File.WriteAllTextAsync(Path.Combine(disk, "2"), "", TestContext.Current.CancellationToken);
            await UntilAsync(() => watcher.Log.Has("cannot write status files"), () => $"{watcher.Log}");
            await File.WriteAllTextAsync(Path.Combine(disk, "3"), "", TestContext.Current.CancellationToken);
            File.Delete(room);

            await UntilAsync(
                () => File.Exists(Path.Combine(disk, "._w_0_2.done")) && File.Exists(Path.Combine(disk, "._w_0_3.done")),
                () => $"{watcher.Log}");
            Runs.Should().Equal("1", "2", "3");
            watcher.Log.Count("no space left").Should().Be(1);
            await UntilAsync(() => watcher.Log.Has("can write status files again"), () => $"{watcher.Log}");
            new FileInfo(Path.Combine(disk, "._w_0_2.done")).Length.Should().BePositive();
        }
        finally
        {
            _ = Run("umount", disk);
        }
    }

    // `bench watch` measures a folder of 100,000 files (docs/PERFORMANCE.md).
    [Fact]
    public async Task A_folder_of_10_000_processed_files_takes_little_memory()
    {
        foreach (var number in Enumerable.Range(0, 10_000))
        {
            File.Create(Path.Combine(In, $"20260101.{number:d6}.dat")).Dispose();
            File.Create(Path.Combine(In, $"._w_0_20260101.{number:d6}.dat.done")).Dispose();
        }

        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s")]));
        _ = Drop("20260102.000000.dat");
        await RunsAsync("20260102.000000.dat");

        watcher.PeakMemory().Should().BeLessThan(100 * 1024 * 1024);
    }

    private static string Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                stream.Write(new byte[512]);
        }
        catch (IOException)
        {
            return file;
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
