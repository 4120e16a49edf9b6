using System.Diagnostics;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Names that are not UTF-8 (docs/WATCH.md#names-that-are-not-utf-8).</summary>
public sealed class ByteNameWatchTests(SharedBox shared) : WatchTests(shared)
{
    private const string Bytes = "ls -A | od -An -v -c | tr -d ' \\n'";

    [Fact]
    public async Task Files_that_differ_in_such_bytes_only_are_processed_recorded_moved_and_cleaned()
    {
        var script = $"printf %s \"$1\" | od -An -tx1 >> {Scratch}/bytes; cat \"{In}/$1\" >> {Scratch}/text; grep -qv 3 \"{In}/$1\"";
        await using var watcher = await StartAndWaitAsync(Watch(
            [Job("%(filename)s", script)], new { glob = "*.dat", done_to = Path.Join(Scratch, "done"), retry = false }));

        Shell(@"for i in 1 2 3; do echo $i > .$i; done; mv .1 a$'\xfe'.dat; mv .2 a$'\xff'.dat; mv .3 b$'\xff'.dat");

        await UntilAsync(
            () => Shell("ls -A ../done; ls -A", "grep -c 'a.*[.]dat$\\|dat[.]failed'").Trim() is "3" && Shell("ls a*").Length is 0,
            () => $"{Shell("ls -A . ../done", "od -An -c")} {watcher.Log}");
        Lines("bytes").Should().Equal(" 61 fe 2e 64 61 74", " 61 ff 2e 64 61 74", " 62 ff 2e 64 61 74");
        Lines("text").Should().Equal("1", "2", "3");
        watcher.Log.Has(@"b\xff.dat").Should().BeTrue($"{watcher.Log}");
        watcher.Log.Has("\ufffd").Should().BeFalse($"{watcher.Log}");
    }

    [Fact]
    public async Task Their_results_count_after_a_restart()
    {
        var watch = Watch([Job("run %(filename)s")], new { glob = "*.dat" });
        Shell(@"echo 1 > a$'\xfe'.dat; echo 2 > a$'\xff'.dat");

        var planned = await WatchProgram.RunAsync("dry_run=1", $"name={Name}", watch);
        var once = await OnceAsync(watch);
        var again = await OnceAsync(watch);

        planned.Output.Should().ContainAll(@"a\xfe.dat", @"a\xff.dat");
        Runs.Should().HaveCount(2, $"{once}{again}");
        Shell(Bytes).Should().ContainAll(@"a376.dat.done", @"a377.dat.done");
    }

    [Fact]
    public async Task Sub_folders_with_such_names_are_watched()
    {
        var script = $"cat \"$1\" >> {Scratch}/text";
        await using var watcher = await StartAndWaitAsync(Watch(
            [Job("%(file)s", script)], new { glob = "*.dat", recursive = true, done_to = Path.Join(Scratch, "done") }));

        Shell(@"mkdir s$'\xfe'; mkdir s$'\xff'; echo 1 > s$'\xfe'/a.dat; echo 2 > s$'\xff'/a.dat");

        await UntilAsync(
            () => Shell("find ../done -name a.dat", "wc -l").Trim() is "2",
            () => $"{Shell("ls -AR . ../done", "od -An -c")} {watcher.Log}");
        Lines("text").Should().Equal("1", "2");
        Shell("find ../done -name a.dat", "od -An -tx1").Should().Contain("73 fe 2f").And.Contain("73 ff 2f");
    }

    private Task<(int ExitStatus, string Output, string Errors)> OnceAsync(string watch) => WatchProgram.RunAsync(
        "client.address=127.0.0.1", $"client.port={Box.Port}", "once=1", $"name={Name}", watch);

    private string[] Lines(string file) => [.. File.ReadAllLines(Path.Join(Scratch, file)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    protected override void Discard(TemporaryFolder folder)
    {
        // .NET cannot delete such names.
        _ = Shell("rm -rf ../done ../in");
        base.Discard(folder);
    }

    private string Shell(string script, string filter = "cat")
    {
        var start = new ProcessStartInfo("bash", ["-c", $"({script}) | {filter}"])
        {
            WorkingDirectory = In,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd();
    }
}
