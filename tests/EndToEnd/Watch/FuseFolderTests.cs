using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A folder in a file system without events of changes on its other side, such as a network file system.</summary>
/// <remarks><c>file-systems.sh</c> in this folder runs the other tests on such file systems.</remarks>
public sealed class FuseFolderTests(SharedBox shared) : WatchTests(shared)
{
    private string Mount => $"{Scratch}/mount";

    [Fact]
    public async Task Files_that_are_made_on_the_other_side_are_found_by_a_scan_and_processed_once_and_whole()
    {
        SkipWithoutBindfs();
        await using var mounted = await MountAsync();
        object[] jobs = [Job("%(filename)s"), Job("%(file)s", $"wc -c < \"$1\" >> '{Scratch}/sizes'")];
        var watch = Watch(jobs, new { path = Mount, rescan = 0.5 });
        await using var first = await StartAndWaitAsync(watch);
        await using var second = Start(watch);
        await UntilAsync(() => second.Log.Has("another meeseeks-watch ("), () => $"{second.Log}");

        _ = Drop("whole");
        var length = 0;
        await using (var file = new FileStream(Path.Join(In, "slow"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            await UntilAsync(
                () =>
                {
                    file.WriteByte(0);
                    length++;
                    return File.Exists(Status("whole", "done"));
                },
                () => $"{first.Log}");
            Runs.Should().Equal("whole");
        }

        await StatusAsync("slow", "done", index: 1);
        await first.CrashAsync();
        await UntilAsync(() => second.Log.Has("this one takes over"), () => $"{second.Log}");
        _ = Drop("a");
        await StatusAsync("a", "done", index: 1);

        Runs.Should().Equal("whole", "slow", $"{Mount}/slow", "a", $"{Mount}/a");
        (await File.ReadAllLinesAsync($"{Scratch}/sizes", TestContext.Current.CancellationToken)).Should().Equal($"{length}", "1");
    }

    [Fact]
    public async Task Files_that_are_made_on_this_side_are_processed_at_once()
    {
        SkipWithoutBindfs();
        await using var mounted = await MountAsync();
        await using var watcher = await StartAndWaitAsync(Watch([Job("%(filename)s")], new { path = Mount }));

        File.Move(Drop("a"), Path.Join(Mount, "b"));
        await File.WriteAllTextAsync(Path.Join(Mount, "c"), "text", TestContext.Current.CancellationToken);

        await StatusAsync("b", "done");
        await StatusAsync("c", "done");
        Runs.Should().BeEquivalentTo("b", "c");
    }

    private static void SkipWithoutBindfs()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/bindfs"), "there is no program bindfs on this host (apt-get install bindfs)");
        Assert.SkipUnless(File.Exists("/dev/fuse"), "there is no /dev/fuse on this host");
    }

    private async Task<MountedFolder> MountAsync()
    {
        _ = Directory.CreateDirectory(Mount);
        var process = Process.Start("/usr/bin/bindfs", ["-f", In, Mount]);
        var mounted = new MountedFolder(Mount, process);
        await UntilAsync(() => mounted.IsMounted || process.HasExited, () => "bindfs has not mounted the folder");
        mounted.IsMounted.Should().BeTrue("bindfs runs");
        return mounted;
    }

    private sealed class MountedFolder(string path, Process process) : IAsyncDisposable
    {
        public bool IsMounted => File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ')[1] == path);

        public async ValueTask DisposeAsync()
        {
            using (process)
            {
                using var end = Process.Start("fusermount", ["-u", "-z", path]);
                await end.WaitForExitAsync(CancellationToken.None);
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
