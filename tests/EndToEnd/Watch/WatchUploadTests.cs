using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Files are processed when they are complete, however they come (docs/WATCH.md#when-a-file-is-complete).</summary>
public sealed class WatchUploadTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    [Fact]
    public async Task Attributes_that_are_set_while_a_file_is_written_do_not_complete_it()
    {
        _ = await AddAsync(Watch([SizeJob()]));
        var path = Path.Combine(In, "a");
        await using (var slow = File.Create(path))
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(40));
            await HandledAsync();
            await slow.WriteAsync(new byte[1000], TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            await HandledAsync();
        }

        await StatusAsync("a", "done");
        Runs.Where(run => run[0] is 'a').Should().Equal("a 1000");
    }

    [Fact]
    public async Task What_is_linked_into_place_is_taken_at_once_when_nobody_writes_it()
    {
        _ = await AddAsync(Watch([SizeJob()], new { glob = "*.dat" }));
        await File.WriteAllBytesAsync(Path.Combine(In, "a.dat.part"), new byte[500], TestContext.Current.CancellationToken);
        await LinkAsync("a.dat.part", "a.dat");
        File.Delete(Path.Combine(In, "a.dat.part"));
        await StatusAsync("a.dat", "done");

        Assert.SkipWhen(IsOnFuse, "FUSE does not tell that a linked file is open for writing");
        await using (var slow = File.Create(Path.Combine(In, ".b.part")))
        {
            await slow.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
            await slow.FlushAsync(TestContext.Current.CancellationToken);
            await LinkAsync(".b.part", "b.dat");
            await HandledAsync();
            await slow.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        }

        await StatusAsync("b.dat", "done");
        Runs.Where(run => run[0] is 'a' or 'b').Should().Equal("a.dat 500", "b.dat 200");
    }

    [Fact]
    public async Task A_file_that_is_open_when_it_is_found_or_moved_waits_for_its_close()
    {
        await using (var found = File.Create(Path.Combine(In, "found")))
        await using (var moved = File.Create(Path.Combine(Scratch, "moved")))
        {
            await found.WriteAsync(new byte[10], TestContext.Current.CancellationToken);
            await found.FlushAsync(TestContext.Current.CancellationToken);
            _ = await AddAsync(Watch([SizeJob()]));
            File.Move(Path.Combine(Scratch, "moved"), Path.Combine(In, "moved"));
            await HandledAsync();
            await found.WriteAsync(new byte[10], TestContext.Current.CancellationToken);
            await moved.WriteAsync(new byte[30], TestContext.Current.CancellationToken);
        }

        await StatusAsync("found", "done");
        await StatusAsync("moved", "done");
        Runs.Where(run => !run.StartsWith("marker")).Should().BeEquivalentTo("found 20", "moved 30");
    }

    [Fact]
    public async Task With_settle_a_file_may_be_closed_and_written_again()
    {
        _ = await AddAsync(Watch([SizeJob()], new { settle = 1 }));
        for (var part = 0; part < 5; part++)
            await File.AppendAllBytesAsync(Path.Combine(In, "a"), new byte[100], TestContext.Current.CancellationToken);

        await StatusAsync("a", "done");

        Runs.Should().Equal("a 500");
    }

    [Fact]
    public async Task Only_regular_files_have_jobs_and_a_link_waits_for_its_file()
    {
        _ = await AddAsync(Watch([SizeJob()], new { rescan = 0.2 }));
        await CommandAsync("mkfifo", "pipe");
        _ = File.CreateSymbolicLink(Path.Combine(In, "loop"), "loop");
        _ = File.CreateSymbolicLink(Path.Combine(In, "link"), "../target");
        await HandledAsync();
        Runs.Should().OnlyContain(run => run.StartsWith("marker"));

        await File.WriteAllTextAsync(Path.Combine(Scratch, "target"), "12345", TestContext.Current.CancellationToken);

        await StatusAsync("link", "done");
        Runs.Where(run => !run.StartsWith("marker")).Should().Equal("link 5");
    }

    [Fact]
    public async Task A_file_is_taken_when_its_marker_comes_and_never_under_a_temporary_name()
    {
        _ = await AddAsync(Watch([SizeJob()], new { marker = ".%(filename)s.ready", rescan = 3600 }));
        foreach (var name in new[] { "a", "b", "c.tmp", ".c.tmp.ready" })
            _ = Drop(name);

        _ = Directory.CreateDirectory(Path.Combine(In, ".b.ready"));
        await StatusAsync("b", "done");
        Runs.Should().ContainSingle().Which.Should().StartWith("b ");

        _ = Drop(".a.ready");
        await StatusAsync("a", "done");
        Runs.Should().HaveCount(2).And.Contain(run => run.StartsWith("a "));
    }

    private object SizeJob() => new
    {
        pool = "p",
        args = new[] { "/bin/sh", "-c", $"echo \"$1 $(stat -Lc %%s \"$2\")\" >> '{Scratch}/runs'", "sh", "%(filename)s", "%(file)s" },
    };

    private Task LinkAsync(string from, string to) => CommandAsync("ln", from, to);
}
