using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Watches;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What a watch knows and says of a folder that changes, is exchanged or cannot be read.</summary>
public sealed class WatchedFolderTests : IDisposable
{
    private const string ThreeSeconds = "'rescan':3";
    private static readonly TimeSpan Rescan = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TemporaryFolder _folder = new();
    private readonly LinesLog _log = new();
    private readonly FakeEvents _events = new();
    private readonly string _in;

    public WatchedFolderTests() => _in = _folder.Folder("in");

    private IEnumerable<string> Lines => _log.Lines.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal));

    [Fact]
    public void A_sub_folder_that_moves_or_comes_again_is_no_other_one_at_its_path()
    {
        _ = _folder.Folder("in/d");
        _ = _folder.Write("in/d/a", "x");
        var watched = Open("'recursive':true");
        _ = watched.Refresh();

        Directory.Move(At("d"), At("m"));
        _events.Report(_in, FolderChange.Folder, "d", "m");
        watched.Refresh().Should().Be(FolderRefresh.Updated);
        _ = _folder.Folder("in/d");
        _events.Report(_in, FolderChange.Folder, "d");
        _ = watched.Refresh();

        Lines.Should().BeEmpty();
        watched.Snapshot().Files.Select(file => file.Name).Should().Equal("m/a");
    }

    [Fact]
    public void A_sub_folder_in_the_place_of_another_one_is_named()
    {
        _ = _folder.Folder("in/d");
        var watched = Open("'recursive':true");
        _ = watched.Refresh();

        Directory.Move(At("d"), _folder.File("elsewhere"));
        _ = _folder.Folder("in/d");
        _events.Report(_in, FolderChange.Folder, "d");
        _ = watched.Refresh();

        Lines.Should().ContainSingle().Which.Should().Contain($"another folder is at \"{At("d")}\"");
    }

    [Fact]
    public void A_file_that_comes_with_its_results_was_not_written_after_them()
    {
        var watched = Open();
        _ = watched.Refresh();
        _ = _folder.Write("in/a", "x");

        _events.Report(_in, FolderChange.MovedIn, "a");
        _ = watched.Refresh();
        var first = watched.Written;
        _events.Report(_in, FolderChange.Closed, "a");
        _ = watched.Refresh();

        first.Should().BeEmpty();
        watched.Written.Should().Equal("a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    public void What_was_written_in_a_former_folder_says_nothing_about_the_one_in_its_place(string folder)
    {
        var path = _folder.Folder(Path.Combine("in", folder));
        File.WriteAllText(Path.Combine(path, "a"), "x");
        var watched = Open("'recursive':true");
        _ = watched.Refresh();

        _events.Report(path, FolderChange.Closed, "a");
        Directory.Move(path, _folder.File("former"));
        _ = Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "a"), "x");
        _events.Report(path, FolderChange.Lost, "");
        _ = watched.Refresh();

        watched.Written.Should().BeEmpty();
        watched.Count.Should().Be(1);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("d", false)]
    [InlineData("", true)]
    [InlineData("d", true)]
    public void A_file_that_was_complete_in_a_former_folder_waits_in_the_one_in_its_place(string folder, bool isOpen)
    {
        // Where the system does not tell who writes a file, an event tells that it is complete, or that it is not.
        var path = _folder.Folder(Path.Combine("in", folder));
        var name = Path.Combine(folder, "a");
        var tracker = new OpenFileTracker(_in, _ => Writers.Unknown, _time);
        var watched = Open(tracker, "'recursive':true");
        _ = watched.Refresh();
        File.WriteAllText(Path.Combine(path, "a"), "x");
        _events.Report(path, isOpen ? FolderChange.Written : FolderChange.Closed, "a");
        _ = watched.Refresh();
        DueOf(watched).Should().Equal(isOpen ? [] : [name]);

        Directory.Move(path, _folder.File("former"));
        _ = Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "a"), "ha");
        watched.ReadAgain();
        _ = watched.Refresh();
        DueOf(watched).Should().BeEmpty();

        _time.Advance(Rescan);
        _ = watched.Refresh();
        DueOf(watched).Should().Equal(name);
    }

    [Fact]
    public void A_limit_of_events_is_said_once_whatever_folders_it_concerns_and_so_is_its_end()
    {
        foreach (var name in new[] { "a", "b", "c" })
            _ = _folder.Folder($"in/{name}");
        var watched = Open("'recursive':true", ThreeSeconds);
        // The file system has its own order of the folders.
        foreach (var refused in new[] { "bc", "b", "c", "b", "ac", "abc" })
        {
            _events.ErrorOf = path => refused.Contains(Path.GetFileName(path), StringComparison.Ordinal) ? "the limit is reached" : null;
            Rescanned(watched);
        }

        Lines.Should().ContainSingle().Which.Should()
            .StartWith($"Warning: cannot \"get all change events in {_in}\": \"the limit is reached\"");
        _events.ErrorOf = _ => null;
        Rescanned(watched);

        Lines.Skip(1).Should().ContainSingle().Which.Should().StartWith("Information: can \"get all change events");
    }

    [Theory]
    [InlineData(true, "status")]
    [InlineData(false, "status")]
    [InlineData(true, "in")]
    [InlineData(false, "in")]
    public void A_folder_that_cannot_be_read_is_read_again_as_a_whole_and_said_once(bool isRecursive, string gone)
    {
        _ = _folder.Folder("status");
        _ = _folder.Folder("in/d");
        var watched = Open($"'recursive':{(isRecursive ? "true" : "false")}", ThreeSeconds, $"'status_path':'{_folder.File("status")}'");
        watched.Refresh().Should().Be(FolderRefresh.Scanned);

        Directory.Move(_folder.File(gone), _folder.File("moved"));
        for (var scan = 0; scan < 3; scan++)
        {
            _time.Advance(Rescan);
            for (var turn = 0; turn < 3; turn++)
            {
                if (scan == 1)
                    _events.Report(_in, FolderChange.Folder, "d");
                watched.Refresh().Should().Be(FolderRefresh.Failed);
            }
        }

        Lines.Should().ContainSingle().Which.Should().StartWith($"Error: cannot \"read the folder {_in}\"");
        Directory.Move(_folder.File("moved"), _folder.File(gone));
        Rescanned(watched);

        Lines.Skip(1).Should().ContainSingle().Which.Should().StartWith("Information: can \"read the folder");
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_in, name);

    private void Rescanned(WatchedFolder watched)
    {
        _time.Advance(Rescan);
        watched.Refresh().Should().Be(FolderRefresh.Scanned);
    }

    private IEnumerable<string> DueOf(WatchedFolder watched) =>
        watched.Plan(new HashSet<WorkKey>(), JobLimit.None, FileTime.Of(_time.GetUtcNow())).Due.Select(work => work.Key.FileName);

    private WatchedFolder Open(params string[] json) => Open(null, json);

    private WatchedFolder Open(OpenFileTracker? openFiles, params string[] json)
    {
        WatchSettings settings = Some.Watch(string.Join(',', json)) with { Path = _in };
        return new WatchedFolder(
            settings, _events, () => { }, new IoFaultReporter(_in, _log.Logger), isOnce: false, _time, _log.Logger, openFiles);
    }

    private sealed class FakeEvents : IFolderEvents
    {
        private readonly HashSet<IFolderListener> _listeners = [];

        public Func<string, string?> ErrorOf { get; set; } = _ => null;

        public string? Subscribe(IFolderListener listener)
        {
            if (ErrorOf(listener.Path) is { } error)
            {
                _ = _listeners.Remove(listener);
                return error;
            }

            _ = _listeners.Add(listener);
            return null;
        }

        public void Unsubscribe(IFolderListener listener) => _listeners.Remove(listener);

        public void Report(string path, FolderChange change, params string[] names)
        {
            foreach (var listener in _listeners.Where(listener => listener.Path == path).ToList())
            {
                foreach (var name in names)
                    listener.Report(change, name);
            }
        }
    }
}
