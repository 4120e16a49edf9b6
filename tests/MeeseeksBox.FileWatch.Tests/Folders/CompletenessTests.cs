using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>When a file counts as complete (docs/WATCH.md#when-a-file-is-complete).</summary>
public sealed class CompletenessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddDays(-1));
    private readonly OpenFileTracker _tracker;
    private readonly CompletenessCheck _check;
    private Writers _writers = Writers.Unknown;

    public CompletenessTests()
    {
        _tracker = new OpenFileTracker(_folder.Path, _ => _writers, _time);
        _check = new CompletenessCheck(_tracker, _time);
        File.WriteAllText(_folder.File("a"), "x");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_found_where_the_system_does_not_tell_must_be_unchanged_for_2_s()
    {
        _check.Of("a", null).Should().Be(FileReadiness.Changing);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        File.AppendAllText(_folder.File("a"), "y");
        _check.Of("a", null).Should().Be(FileReadiness.Changing);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        _check.Of("a", null).Should().Be(FileReadiness.Changing);
        _check.UntilQuiet.Should().BeCloseTo(TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(1));
        _check.NowQuiet.Should().BeEmpty();

        _time.Advance(TimeSpan.FromSeconds(0.1));

        _check.NowQuiet.Should().Equal("a");
        _check.Of("a", null).Should().Be(FileReadiness.Ready);
        _check.UntilQuiet.Should().BeNull();
    }

    [Theory]
    [InlineData(false, FileReadiness.Changing)]
    [InlineData(true, FileReadiness.Ready)]
    public void A_change_of_an_attribute_is_none_of_the_file_where_attributes_hold_results(bool hasAttributes, FileReadiness readiness)
    {
        _writers = Writers.None;
        var settle = TimeSpan.FromSeconds(5);
        _check.Of("a", settle, hasAttributes).Should().Be(FileReadiness.Changing);
        _time.Advance(TimeSpan.FromSeconds(4));

        File.SetUnixFileMode(_folder.File("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _check.Of("a", settle, hasAttributes).Should().Be(FileReadiness.Changing);
        _time.Advance(TimeSpan.FromSeconds(1));

        _check.Of("a", settle, hasAttributes).Should().Be(readiness);
    }

    [Fact]
    public void An_event_completes_a_file_where_the_system_does_not_tell()
    {
        _ = _tracker.Take(FolderChange.Closed, "a");

        _check.Of("a", null).Should().Be(FileReadiness.Ready);

        _tracker.ForgetCompleted();
        _check.Of("a", null).Should().Be(FileReadiness.Changing);
    }

    [Fact]
    public void A_new_name_of_a_file_that_was_closed_is_complete()
    {
        _ = _tracker.Take(FolderChange.Closed, "a");
        File.Move(_folder.File("a"), _folder.File("b"));

        _ = _tracker.Take(FolderChange.Created, "b");

        _check.Of("b", null).Should().Be(FileReadiness.Ready);
    }

    [Fact]
    public void Attributes_neither_begin_nor_end_the_writing()
    {
        _writers = Writers.Some;
        _ = _tracker.Take(FolderChange.Created, "a");
        _ = _tracker.Take(FolderChange.Touched, "a");
        _tracker.IsWritten("a").Should().BeTrue();

        _ = _tracker.Take(FolderChange.Closed, "a");
        _ = _tracker.Take(FolderChange.Touched, "a");

        _tracker.IsWritten("a").Should().BeFalse();
    }

    [Fact]
    public void The_close_of_another_name_completes_a_file_that_nobody_has_open()
    {
        _writers = Writers.Some;
        _ = _tracker.Take(FolderChange.Created, "a");
        _tracker.Take(FolderChange.Closed, ".upload").Should().BeEmpty();
        _writers = Writers.None;

        _tracker.Take(FolderChange.Closed, ".upload").Should().Equal("a");

        _tracker.IsWritten("a").Should().BeFalse();
    }

    [Fact]
    public void Other_files_are_probed_only_when_a_file_without_other_events_is_closed()
    {
        var probed = new List<string>();
        var tracker = new OpenFileTracker(
            _folder.Path,
            path =>
            {
                probed.Add(Path.GetFileName(path));
                return path.EndsWith("/slow", StringComparison.Ordinal) ? Writers.Some : Writers.None;
            },
            _time);
        File.WriteAllText(_folder.File("slow"), "");
        _ = tracker.Take(FolderChange.Created, "slow");
        probed.Clear();

        _ = tracker.Take(FolderChange.Created, "a");
        _ = tracker.Take(FolderChange.Closed, "a");
        _ = tracker.Take(FolderChange.MovedIn, "a");
        _ = tracker.Take(FolderChange.Removed, ".upload");
        probed.Should().Equal("a");
        _ = tracker.Take(FolderChange.Closed, ".upload");

        probed.Should().Equal("a", "slow");
    }

    [Fact]
    public void A_review_completes_files_whose_close_was_lost()
    {
        _writers = Writers.Some;
        _ = _tracker.Take(FolderChange.Created, "a");
        _tracker.Review(TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromHours(1));
        _tracker.Review(TimeSpan.FromSeconds(60));
        _tracker.All().Should().Equal("a");

        _writers = Writers.None;
        _tracker.Review(TimeSpan.FromSeconds(60));

        _tracker.All().Should().BeEmpty();
    }

    [Fact]
    public void Where_the_system_does_not_tell_a_review_waits_for_a_quiet_time()
    {
        _ = _tracker.Take(FolderChange.Created, "a");
        _tracker.Review(TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(59));
        _tracker.Review(TimeSpan.FromSeconds(60));
        _tracker.All().Should().Equal("a");

        _time.Advance(TimeSpan.FromSeconds(1));
        _tracker.Review(TimeSpan.FromSeconds(60));

        _tracker.All().Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_is_open_for_writing_is_not_complete_whatever_was_told()
    {
        _ = _tracker.Take(FolderChange.Closed, "a");
        _writers = Writers.Some;

        _check.Of("a", TimeSpan.Zero).Should().Be(FileReadiness.BeingWritten);

        _tracker.IsWritten("a").Should().BeTrue();
    }

    [Fact]
    public void With_settle_a_file_on_a_local_file_system_that_is_old_is_complete_at_once()
    {
        _writers = Writers.None;
        _check.Of("a", TimeSpan.FromSeconds(5)).Should().Be(FileReadiness.Changing);

        _time.Advance(TimeSpan.FromDays(2));

        _check.Of("a", TimeSpan.FromSeconds(5)).Should().Be(FileReadiness.Ready);
    }

    [Fact]
    public void The_system_tells_who_writes_a_file_of_the_own_user()
    {
        using (File.OpenWrite(_folder.File("a")))
            WriterProbe.Of(_folder.File("a")).Should().Be(Writers.Some);

        // A process that another test is starting has the file open, too, until it executes its program.
        _ = SpinWait.SpinUntil(() => WriterProbe.Of(_folder.File("a")) is not Writers.Some, TimeSpan.FromSeconds(10));

        // A FUSE file system may have writers elsewhere.
        var isRemote = new DriveInfo(_folder.Path).DriveFormat.StartsWith("fuse", StringComparison.Ordinal);
        WriterProbe.Of(_folder.File("a")).Should().Be(isRemote ? Writers.Unknown : Writers.None);
        WriterProbe.Of(_folder.File("nosuch")).Should().Be(Writers.Unknown);
    }
}
