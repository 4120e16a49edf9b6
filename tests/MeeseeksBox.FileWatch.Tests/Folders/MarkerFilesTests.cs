using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Markers in a real folder (docs/WATCH.md#markers).</summary>
public sealed class MarkerFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("%(filename)s.done", "a.dat.done")]
    [InlineData(".%(filename)s.done", ".a.dat.done")]
    [InlineData("_SUCCESS", "_SUCCESS")]
    public void A_file_a_folder_or_a_link_is_a_marker_as_long_as_it_exists(string rule, string name)
    {
        var watch = Watch(rule);
        Write("a.dat");
        Write("._w_0_b.dat.done");
        var index = Index(watch);
        index.Read();
        Due(watch, index).Should().BeEmpty();
        index.Status[new WorkKey(0, "b.dat")].Result.Should().Be(StatusState.Done);

        foreach (var make in new Action<string>[]
        {
            path => File.WriteAllText(path, ""),
            path => Directory.CreateDirectory(path),
            path => File.CreateSymbolicLink(path, "nowhere"),
        })
        {
            make(_folder.File(name));
            var read = Index(watch);
            read.Read();
            Due(watch, read).Should().Equal("a.dat");
            index.Refresh([name]);
            Due(watch, index).Should().Equal("a.dat");

            Remove(name);
            index.Refresh([name]);
            Due(watch, index).Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData(".%(filename)s.done", ".a.dat.done", true)]
    [InlineData("%(filename)s.done", ".a.dat.done", false)]
    [InlineData("%(filename)s.done", "a.dat.done", true)]
    public void The_event_of_a_marker_wakes_the_watch(string rule, string name, bool isWoken)
    {
        var (woken, marker) = (false, Watch(rule).Marker!);
        var changes = new FolderChangeBuffer(
            _folder.Path,
            needsWrites: false,
            needsFolders: true,
            openFiles: null,
            other => !other.StartsWith('.') || marker.Is(other),
            _ => true,
            () => woken = true);

        changes.Report(FolderChange.Created, name);

        woken.Should().Be(isWoken);
    }

    [Theory]
    [InlineData("%(filename)s.done", "a.dat.done", false)]
    [InlineData(".%(filename)s.done", ".a.dat.done", false)]
    [InlineData("%(stem)s.done", "a.done", true)]
    [InlineData("_SUCCESS", "_SUCCESS", true)]
    public void A_move_removes_the_marker_of_a_single_file(string rule, string name, bool stays)
    {
        var watch = Watch(rule);
        foreach (var make in new Action<string>[] { path => File.WriteAllText(path, ""), path => Directory.CreateDirectory(path) })
        {
            Write("a.dat");
            make(_folder.File(name));
            var index = Index(watch);
            index.Read();

            var mover = new FileMover(watch, () => _folder.Path, new LinesLog().Logger);
            _ = mover.Move(index.Status, new FileMove(["a.dat"], _folder.File("out")));

            Path.Exists(_folder.File("a.dat")).Should().BeFalse();
            Path.Exists(_folder.File(name)).Should().Be(stays);
            Remove(name);
        }
    }

    [Fact]
    public void What_an_event_tells_of_an_excluded_file_is_not_kept()
    {
        Write("a.dat.part");
        var probes = 0;
        var tracker = new OpenFileTracker(
            _folder.Path,
            _ =>
            {
                probes++;
                return Writers.Some;
            },
            TimeProvider.System);

        _ = tracker.Take(FolderChange.Created, "a.dat.part", isWatched: false);
        _ = tracker.Take(FolderChange.Written, "a.dat.part", isWatched: false);

        (probes, tracker.IsWritten("a.dat.part")).Should().Be((0, false));
    }

    private WatchSettings Watch(string marker) => Some.Watch($"'glob':'*.dat','marker':'{marker}'") with { Path = _folder.Path };

    private static FolderIndex Index(WatchSettings watch) =>
        new(watch, new OpenFileTracker(watch.Path!, _ => default, TimeProvider.System), TimeProvider.System);

    private static string[] Due(WatchSettings watch, FolderIndex index) =>
        [.. Planner.Of(watch, index.Snapshot(), new HashSet<WorkKey>(), Rules.Scene.Now).Due.Select(work => work.FileName!)];

    private void Write(string name) => File.WriteAllText(_folder.File(name), "x");

    private void Remove(string name)
    {
        if (Directory.Exists(_folder.File(name)))
            Directory.Delete(_folder.File(name));
        else
            File.Delete(_folder.File(name));
    }
}
