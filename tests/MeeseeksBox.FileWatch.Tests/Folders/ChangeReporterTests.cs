using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What the log says of files that change after their jobs began (docs/WATCH.md#files-that-change-again).</summary>
public sealed class ChangeReporterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LinesLog _log = new();
    private readonly StatusTable _status = new();
    private readonly FileId _present;
    private readonly string _in;

    public ChangeReporterTests()
    {
        _in = _folder.Folder("in");
        _present = HeldFolder.IdOf(_in)!.Value;
    }

    [Fact]
    public void A_file_that_changes_during_its_job_is_named_once()
    {
        var changes = Changes();
        foreach (var text in new[] { "1", "22", "333" })
        {
            Write("a", text);
            Write("b", "same");
            Start(changes, "a");
            Start(changes, "b");
            File.AppendAllText(At("a"), text);
            File.SetUnixFileMode(At("b"), UnixFileMode.UserRead);
            End(changes, "a");
            End(changes, "b");
            File.Delete(At("b"));
            Report(changes);
        }

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Information: \"a\" has changed since its job began; updated is off");
    }

    [Fact]
    public void A_file_that_replaces_it_is_a_change_whatever_its_times_are()
    {
        var changes = Changes();
        foreach (var name in new[] { "a", "new" })
            File.SetLastWriteTimeUtc(Write(name, "same"), DateTime.UnixEpoch);
        Start(changes, "a");
        File.Move(At("new"), At("a"), overwrite: true);

        End(changes, "a");
        Report(changes);

        _log.Lines.Should().ContainSingle();
    }

    [Fact]
    public void A_file_whose_results_do_not_count_for_it_any_more_is_a_new_one()
    {
        var changes = Changes();
        Write("a", "1");
        Start(changes, "a");
        File.Delete(At("a"));
        Write("a", "22");
        End(changes, "a");

        _status.Remove(new WorkKey(0, "a"), StatusState.Done);
        _ = changes.Report(["a"], _status, (_, _) => DateTimeOffset.UnixEpoch);

        _log.Lines.Should().BeEmpty();
    }

    [Fact]
    public void A_file_of_another_folder_at_its_path_is_no_change()
    {
        var changes = Changes();
        using var held = HeldFolder.TryOpen(_in)!;
        Write("a", "1");
        changes.AddStart(_present, held.Path, new WorkKey(0, "a"));
        Directory.Move(_in, _folder.File("former"));
        _ = _folder.Folder("in");
        Write("a", "22");

        changes.AddEnd(_present, held.Path, new WorkKey(0, "a"), new WorkKey(0, "a"));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);
        _ = changes.Report(["a"], _status, (_, _) => DateTimeOffset.UnixEpoch);

        _log.Lines.Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_changes_in_a_folder_that_moves_is_named_where_it_is_now()
    {
        var changes = Changes();
        var folder = _folder.Folder("in/d");
        var id = HeldFolder.IdOf(folder)!.Value;
        using var held = HeldFolder.TryOpen(folder)!;
        Write("d/a", "1");
        changes.AddStart(id, held.Path, new WorkKey(0, "d/a"));
        Directory.Move(folder, At("m"));
        File.AppendAllText(At("m/a"), "2");

        changes.AddEnd(id, held.Path, new WorkKey(0, "d/a"), new WorkKey(0, "m/a"));
        _status.Add(new WorkKey(0, "m/a"), StatusState.Done);
        Report(changes);

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Information: \"m/a\" has changed");
    }

    [Fact]
    public void Files_of_two_folders_with_one_path_are_compared_each_with_itself()
    {
        var changes = Changes();
        using var former = HeldFolder.TryOpen(_in)!;
        Write("a", "1");
        changes.AddStart(former.Id, former.Path, new WorkKey(0, "a"));
        Directory.Move(_in, _folder.File("former"));
        using var present = HeldFolder.TryOpen(_folder.Folder("in"))!;
        Write("a", "22");
        changes.AddStart(present.Id, present.Path, new WorkKey(0, "a"));

        changes.AddEnd(former.Id, former.Path, new WorkKey(0, "a"), present: null);
        changes.AddEnd(present.Id, present.Path, new WorkKey(0, "a"), new WorkKey(0, "a"));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);
        Report(changes);

        _log.Lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData(-3600, 1)]
    [InlineData(3600, 0)]
    public void A_written_file_is_named_when_its_result_is_older(int seconds, int lines)
    {
        var changes = Changes();
        Write("a", "text");
        Write("unknown", "text");
        _status.Add(new WorkKey(0, "a"), StatusState.Done);

        changes.Report(["a", "unknown", "gone"], _status, (_, _) => TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        _log.Lines.Should().HaveCount(lines);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(30, 1)]
    public void A_result_in_an_attribute_is_older_than_a_write_and_not_than_its_own_record(int written, int lines)
    {
        var changes = Changes("'status':'xattr'");
        File.SetLastWriteTimeUtc(Write("a", "text"), DateTime.UnixEpoch.AddDays(written));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);

        _ = changes.Report(["a"], _status, (_, _) => DateTimeOffset.UnixEpoch.AddDays(20));

        _log.Lines.Should().HaveCount(lines);
    }

    [Fact]
    public void With_updated_a_file_with_its_old_time_is_no_other_one_where_another_one_has_no_results()
    {
        var changes = Changes("'status':'xattr','updated':true");
        File.SetLastWriteTimeUtc(Write("a", "text"), DateTime.UnixEpoch.AddDays(1));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);
        _status.Add(new WorkKey(0, "a"), StatusState.Mtime, TimeSpan.TicksPerDay);

        changes.Report(["a"], _status, (_, _) => DateTimeOffset.UnixEpoch).Should().BeEmpty();
    }

    [Theory]
    [InlineData(-3600, 0, 1)]
    [InlineData(3600, 0, 0)]
    [InlineData(-3600, 1, 0)]
    public void With_updated_a_written_file_with_its_old_time_is_another_one_when_its_result_is_older(int seconds, int ahead, int count)
    {
        var changes = Changes("'updated':true");
        File.SetLastWriteTimeUtc(Write("a", "text"), DateTime.UnixEpoch.AddDays(1));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);
        _status.Add(new WorkKey(0, "a"), StatusState.Mtime, TimeSpan.TicksPerDay + ahead);

        var others = changes.Report(["a"], _status, (_, _) => TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        others.Should().BeEquivalentTo(Enumerable.Repeat((new WorkKey(0, "a"), TimeSpan.TicksPerDay), count));
        _log.Lines.Should().BeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private ChangeReporter Changes(string json = "") =>
        new(Some.Watch(json) with { Path = _in }, folder => folder.Length == 0 ? _present : HeldFolder.IdOf(At(folder)), _log.Logger);

    private string At(string name) => Path.Combine(_in, name);

    private string Write(string name, string text) => _folder.Write($"in/{name}", text);

    private void Start(ChangeReporter changes, string name) => changes.AddStart(_present, _in, new WorkKey(0, name));

    private void End(ChangeReporter changes, string name)
    {
        _status.Add(new WorkKey(0, name), StatusState.Done);
        changes.AddEnd(_present, _in, new WorkKey(0, name), new WorkKey(0, name));
    }

    private void Report(ChangeReporter changes) => _ = changes.Report([], _status, (_, _) => TimeProvider.System.GetUtcNow());
}
