using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Folders and files that others take the place of (docs/WATCH.md#which-folder-and-which-file).</summary>
public sealed class WatchFolderTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    private string WaitForGo => $"while [ ! -e '{Scratch}/go' ]; do sleep 0.02; done";

    [Fact]
    public async Task Each_folder_has_the_results_of_its_own_files_when_a_link_is_pointed_to_another_one()
    {
        var (first, second) = (Make("d1"), Make("d2"));
        var link = Path.Combine(Scratch, "cur");
        _ = File.CreateSymbolicLink(link, "d1");
        var log = await AddAsync(Watch([Job("%(filename)s", WaitForGo)], new { path = link }));
        await File.WriteAllTextAsync(Path.Combine(first, "hourly"), "old", TestContext.Current.CancellationToken);
        await RunsAsync("hourly");
        await File.WriteAllTextAsync(Path.Combine(second, "hourly"), "new", TestContext.Current.CancellationToken);
        _ = File.CreateSymbolicLink(link + ".new", "d2");

        await CommandAsync("mv", "-T", link + ".new", link);

        await RunsAsync("hourly", "hourly");
        await GoAsync();
        await DoneAsync(first, "hourly");
        await DoneAsync(second, "hourly");
        Runs.Should().HaveCount(2);
        log.Count("another folder is at").Should().Be(1);
    }

    [Fact]
    public async Task A_folder_that_is_moved_away_and_back_goes_on_with_its_jobs()
    {
        var path = Make("box");
        _ = await AddAsync(Watch([Job("%(filename)s", WaitForGo)], new { path }));
        await File.WriteAllTextAsync(Path.Combine(path, "a"), "", TestContext.Current.CancellationToken);
        await RunsAsync("a");

        Directory.Move(path, path + ".old");
        _ = Make("box");
        await File.WriteAllTextAsync(Path.Combine(path, "b"), "", TestContext.Current.CancellationToken);
        await RunsAsync("a", "b");
        Directory.Move(path, path + ".new");
        Directory.Move(path + ".old", path);
        await File.WriteAllTextAsync(Path.Combine(path, "c"), "", TestContext.Current.CancellationToken);
        await RunsAsync("a", "b", "c");
        await GoAsync();

        await DoneAsync(path, "a");
        await DoneAsync(path + ".new", "b");
        await DoneAsync(path, "c");
        Runs.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_folder_that_is_made_later_is_noticed_and_one_that_was_deleted_gets_no_results()
    {
        Assert.SkipWhen(IsOnFuse, "on FUSE, a folder in which a watcher holds its lock cannot be removed");
        var path = Make("some/where/in");
        var log = await AddAsync(Watch([Job("%(filename)s", WaitForGo)], new { path }));
        Directory.Delete(Path.Combine(Scratch, "some"), recursive: true);
        await UntilAsync(() => log.Has("cannot read the folder"), () => $"{log}");
        _ = Make("some/where/in");
        await File.WriteAllTextAsync(Path.Combine(path, "a"), "", TestContext.Current.CancellationToken);
        await RunsAsync("a");

        Directory.Delete(Path.Combine(Scratch, "some"), recursive: true);
        _ = Make("some/where/in");
        await File.WriteAllTextAsync(Path.Combine(path, "a"), "", TestContext.Current.CancellationToken);
        await RunsAsync("a", "a");
        await GoAsync();

        await DoneAsync(path, "a");
        await UntilAsync(() => log.Has("the folder of a was deleted"), () => $"{log}");
        Runs.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_file_that_was_removed_and_comes_again_is_a_new_one_unless_its_job_has_made_it()
    {
        _ = await AddAsync(Watch([Job("%(filename)s", $"case $1 in own) rm '{In}/own'; echo > '{In}/own';; esac")]));
        _ = Drop("a");
        _ = Drop("own");
        await StatusAsync("a", "done");
        await StatusAsync("own", "done");

        File.Delete(Path.Combine(In, "a"));
        _ = Drop("a");

        await RunsAsync("a", "a", "own");
        _ = Drop("last");
        await StatusAsync("last", "done");
        Runs.Order().Should().Equal("a", "a", "last", "own");
    }

    [Fact]
    public async Task With_updated_a_file_behind_a_link_is_a_file_of_the_folder()
    {
        _ = Make("in/..1");
        _ = Make("in/..2");
        await File.WriteAllTextAsync(Path.Combine(In, "..1", "conf"), "1", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(In, "..2", "conf"), "2", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Path.Combine(In, "..2", "conf"), DateTime.UtcNow.AddMinutes(-5));
        _ = File.CreateSymbolicLink(Path.Combine(In, "..data"), "..1");
        _ = File.CreateSymbolicLink(Path.Combine(In, "conf"), "..data/conf");
        _ = await AddAsync(Watch([Job("%(filename)s")], new { updated = true }));
        await StatusAsync("conf", "done");
        _ = File.CreateSymbolicLink(Path.Combine(In, "..tmp"), "..2");

        await CommandAsync("mv", "-T", "..tmp", "..data");

        await RunsAsync("conf", "conf");
    }

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(Scratch, name)).FullName;

    private Task GoAsync() => File.WriteAllTextAsync(Path.Combine(Scratch, "go"), "", TestContext.Current.CancellationToken);

    private Task DoneAsync(string folder, string file)
    {
        var status = Path.Combine(folder, $"._{WatchName}_0_{file}.done");
        return UntilAsync(
            () => File.Exists(status),
            () => $"in {folder}: {string.Join(' ', Directory.GetFileSystemEntries(folder))}; runs: {string.Join(' ', Runs)}");
    }
}
