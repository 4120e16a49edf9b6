using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Files in sub-folders (docs/WATCH.md#sub-folders).</summary>
public sealed class WatchSubfolderTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    private string WaitForGo => $"while [ ! -e '{Scratch}/go' ]; do sleep 0.02; done";

    [Fact]
    public async Task New_sub_folders_are_watched_at_once_each_with_its_own_results()
    {
        await WriteAsync("2026/11/old.dat");
        var log = await AddAsync(Watch([Job("%(filename)s in %(subdir)s")], new { recursive = true, glob = "*.dat" }));
        await RunsAsync("old.dat in 2026/11");

        await WriteAsync("top.dat");
        await WriteAsync("2026/12/01/new.dat");
        await WriteAsync("2026/12/01/deeper/still/x.dat");
        await WriteAsync("2026/.hidden/y.dat");
        await WriteAsync("2026/12/01/other.txt");

        await RunsAsync("new.dat in 2026/12/01", "old.dat in 2026/11", "top.dat in ", "x.dat in 2026/12/01/deeper/still");
        await DoneAsync("2026/12/01", "new.dat");
        await DoneAsync("", "top.dat");
        await DoneAsync("2026/12/01/deeper/still", "x.dat");
        log.Has("cannot").Should().BeFalse();
    }

    [Fact]
    public async Task Depth_limits_the_levels_and_a_pattern_may_name_folders()
    {
        _ = await AddAsync(Watch([Job("%(filename)s")], new { recursive = true, depth = 1, glob = "day*/*.dat" }));

        await WriteAsync("day1/sub/too-deep.dat");
        await WriteAsync("night/other.dat");
        await WriteAsync("top.dat");
        await WriteAsync("day1/a.dat");

        await DoneAsync("day1", "a.dat");
        Runs.Should().Equal("a.dat");
    }

    [Fact]
    public async Task A_sub_folder_that_is_moved_takes_its_jobs_along_and_another_one_in_its_place_is_new()
    {
        _ = await AddAsync(Watch([Job("%(file)s", WaitForGo)], new { recursive = true }));
        await WriteAsync("day/a");
        await RunsAsync($"{In}/day/a");

        Directory.Move(Path.Combine(In, "day"), Path.Combine(In, "old"));
        await WriteAsync("day/a");
        await RunsAsync($"{In}/day/a", $"{In}/day/a");
        await GoAsync();

        await DoneAsync("old", "a");
        await DoneAsync("day", "a");
        await WriteAsync("old/b");
        await DoneAsync("old", "b");
        Runs.Should().HaveCount(3);
    }

    [Fact]
    public async Task Processed_files_keep_their_folders_in_the_target_which_is_not_watched()
    {
        _ = await AddAsync(Watch([Job("%(filename)s")], new { recursive = true, done_to = "done" }));

        await WriteAsync("x/y/a");
        await WriteAsync("b");

        await UntilAsync(() => File.Exists(Path.Combine(In, "done/x/y/a")) && File.Exists(Path.Combine(In, "done/b")), () => Tree());
        await WriteAsync("x/y/a");
        await UntilAsync(() => File.Exists(Path.Combine(In, "done/x/y/a.1")), () => Tree());
        Runs.Order().Should().Equal("a", "a", "b");
    }

    [Fact]
    public async Task Status_path_has_the_same_sub_folders()
    {
        var status = Directory.CreateDirectory(Path.Combine(Scratch, "status")).FullName;
        _ = await AddAsync(Watch([Job("%(filename)s")], new { recursive = true, status_path = status }));

        await WriteAsync("x/y/a");

        await UntilAsync(
            () => Directory.GetFiles(status, $"._{WatchName}_0_a.done", SearchOption.AllDirectories) is [var file]
                && Path.GetDirectoryName(file)!.EndsWith("/x/y", StringComparison.Ordinal),
            () => string.Join('\n', Directory.GetFiles(status, "*", SearchOption.AllDirectories)));
        Directory.GetFileSystemEntries(Path.Combine(In, "x/y")).Should().Equal(Path.Combine(In, "x/y/a"));
    }

    [Fact]
    public async Task Files_of_a_tree_that_is_moved_in_run_once_and_those_of_a_deleted_one_are_forgotten()
    {
        var log = await AddAsync(Watch([Job("%(filename)s")], new { recursive = true }));
        _ = Directory.CreateDirectory(Path.Combine(Scratch, "tree/one/two"));
        foreach (var name in new[] { "tree/a", "tree/one/b", "tree/one/two/c" })
            await File.WriteAllTextAsync(Path.Combine(Scratch, name), name, TestContext.Current.CancellationToken);

        Directory.Move(Path.Combine(Scratch, "tree"), Path.Combine(In, "tree"));
        await RunsAsync("a", "b", "c");
        await DoneAsync("tree/one/two", "c");
        await DoneAsync("tree/one", "b");
        await DoneAsync("tree", "a");
        Directory.Delete(Path.Combine(In, "tree"), recursive: true);
        await WriteAsync("tree/a");

        await RunsAsync("a", "a", "b", "c");
        log.Has("cannot").Should().BeFalse();
    }

    private async Task WriteAsync(string name)
    {
        var path = Path.Combine(In, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, name, TestContext.Current.CancellationToken);
    }

    private Task GoAsync() => File.WriteAllTextAsync(Path.Combine(Scratch, "go"), "", TestContext.Current.CancellationToken);

    private Task DoneAsync(string folder, string file) => UntilAsync(
        () => File.Exists(Path.Combine(In, folder, $"._{WatchName}_0_{file}.done")), () => $"{Tree()}\nruns: {string.Join('\n', Runs)}");

    private string Tree() => string.Join('\n', Directory.GetFileSystemEntries(In, "*", SearchOption.AllDirectories));
}
