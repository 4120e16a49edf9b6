using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Watches;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What the log says of jobs that cause each other, and of files that change (docs/SPECIFICATION.md#brake).</summary>
public sealed class LoopGuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LinesLog _log = new();
    private readonly StatusTable _status = new();
    private FileId? _present = new FileId(1, 1, 1);

    [Fact]
    public void A_file_that_its_job_changes_runs_once_in_refresh_and_is_named_once()
    {
        var guard = new LoopGuard(Some.Watch("'updated':true"), _ => _present, _time, _log.Logger);
        var runs = 0;
        for (var second = 0; second < 100; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (guard.RestOf(Work("a"), _status) > TimeSpan.Zero)
                continue;
            runs++;
            guard.AddStart(Work("a"));
            guard.AddEnd(Work("a"), _present, failures: 0);
        }

        runs.Should().Be(10);
        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Warning: \"a\" of watch \"w\" comes or changes again");
    }

    [Fact]
    public void A_file_of_another_folder_at_the_path_does_not_wait()
    {
        var guard = new LoopGuard(Some.Watch(), _ => _present, _time, _log.Logger);
        guard.AddEnd(Work("a"), _present, failures: 0);
        guard.RestOf(Work("a"), _status).Should().BeGreaterThan(TimeSpan.Zero);

        _present = new FileId(1, 2, 2);

        guard.RestOf(Work("a"), _status).Should().Be(TimeSpan.Zero);
    }

    // As when the clock of a file server is ahead: the time of its .failed file says nothing then.
    [Fact]
    public void A_failed_job_waits_for_its_retry_pause_whatever_the_time_of_its_result()
    {
        var guard = new LoopGuard(Some.Watch("'retry_delay':60,'retry_factor':2"), _ => _present, _time, _log.Logger);
        guard.AddEnd(Work("a"), _present, failures: 2);
        _status.Add(new WorkKey(0, "a"), StatusState.Failed, long.MaxValue, failures: 2);

        guard.RestOf(Work("a"), _status).Should().Be(TimeSpan.FromSeconds(120));
        _time.Advance(TimeSpan.FromSeconds(119));
        guard.AddEnd(Work("b"), _present, failures: 0);
        guard.RestOf(Work("a"), _status).Should().Be(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        guard.RestOf(Work("a"), _status).Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_failed_file_that_changes_waits_for_refresh_alone_and_one_that_a_person_wants_not_at_all()
    {
        var guard = new LoopGuard(Some.Watch("'retry_delay':60"), _ => _present, _time, _log.Logger);
        guard.AddEnd(Work("a"), _present, failures: 1);
        _status.Add(new WorkKey(0, "a"), StatusState.Failed, 1);
        _status.Add(new WorkKey(0, "a"), StatusState.Mtime, 1);

        guard.RestOf(Work("a") with { Mtime = 2 }, _status).Should().Be(Some.Watch().Refresh);
        guard.Release(new WorkKey(0, "a"));
        guard.RestOf(Work("a"), _status).Should().Be(TimeSpan.Zero);
        _log.Lines.Should().BeEmpty();
    }

    [Fact]
    public void A_chain_is_named_once()
    {
        var guard = new LoopGuard(Some.Watch(), _ => _present, _time, _log.Logger);

        for (var length = 0; length < 20; length++)
            guard.AddStart(Work("b" + string.Concat(Enumerable.Repeat(".x", length))));

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Warning: \"b.x.x.x.x.x\" of watch \"w\" is the last of a chain");
    }

    [Fact]
    public void A_file_that_changes_during_its_job_is_named_once()
    {
        var changes = new ChangeReporter(Some.Watch() with { Path = _folder.Path }, _log.Logger);
        foreach (var text in new[] { "1", "22", "333" })
        {
            _folder.Write("a", text);
            _folder.Write("b", "same");
            changes.AddStart(Work("a"));
            changes.AddStart(Work("b"));
            File.AppendAllText(_folder.File("a"), text);
            File.SetUnixFileMode(_folder.File("b"), UnixFileMode.UserRead);
            changes.AddEnd(Work("a"));
            changes.AddEnd(Work("b"));
            File.Delete(_folder.File("b"));
        }

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Information: \"a\" has changed since its job began; updated is off");
    }

    [Fact]
    public void Another_file_in_its_place_is_a_change_whatever_its_times_are()
    {
        var changes = new ChangeReporter(Some.Watch() with { Path = _folder.Path }, _log.Logger);
        foreach (var name in new[] { "a", "new" })
            File.SetLastWriteTimeUtc(_folder.Write(name, "same"), DateTime.UnixEpoch);
        changes.AddStart(Work("a"));
        File.Move(_folder.File("new"), _folder.File("a"), overwrite: true);

        changes.AddEnd(Work("a"));

        _log.Lines.Should().ContainSingle();
    }

    [Theory]
    [InlineData(-3600, 1)]
    [InlineData(3600, 0)]
    public void A_written_file_is_named_when_its_result_is_older(int seconds, int lines)
    {
        var changes = new ChangeReporter(Some.Watch() with { Path = _folder.Path }, _log.Logger);
        _folder.Write("a", "text");
        _folder.Write("unknown", "text");
        _status.Add(new WorkKey(0, "a"), StatusState.Done);

        changes.AddWritten(["a", "unknown", "gone"], _status, (_, _) => TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        _log.Lines.Should().HaveCount(lines);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(30, 1)]
    public void A_result_in_an_attribute_is_older_than_a_write_and_not_than_its_own_record(int written, int lines)
    {
        var changes = new ChangeReporter(Some.Watch("'status':'xattr'") with { Path = _folder.Path }, _log.Logger);
        File.SetLastWriteTimeUtc(_folder.Write("a", "text"), DateTime.UnixEpoch.AddDays(written));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);

        _ = changes.AddWritten(["a"], _status, (_, _) => DateTimeOffset.UnixEpoch.AddDays(20));

        _log.Lines.Should().HaveCount(lines);
    }

    [Fact]
    public void With_updated_a_file_with_its_old_time_is_no_other_one_where_another_one_has_no_results()
    {
        var changes = new ChangeReporter(Some.Watch("'status':'xattr','updated':true") with { Path = _folder.Path }, _log.Logger);
        File.SetLastWriteTimeUtc(_folder.Write("a", "text"), DateTime.UnixEpoch.AddDays(1));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);
        _status.Add(new WorkKey(0, "a"), StatusState.Mtime, TimeSpan.TicksPerDay);

        changes.AddWritten(["a"], _status, (_, _) => DateTimeOffset.UnixEpoch).Should().BeEmpty();
    }

    [Theory]
    [InlineData(-3600, 0, 1)]
    [InlineData(3600, 0, 0)]
    [InlineData(-3600, 1, 0)]
    public void With_updated_a_written_file_with_its_old_time_is_another_one_when_its_result_is_older(int seconds, int ahead, int count)
    {
        var changes = new ChangeReporter(Some.Watch("'updated':true") with { Path = _folder.Path }, _log.Logger);
        File.SetLastWriteTimeUtc(_folder.Write("a", "text"), DateTime.UnixEpoch.AddDays(1));
        _status.Add(new WorkKey(0, "a"), StatusState.Done);
        _status.Add(new WorkKey(0, "a"), StatusState.Mtime, TimeSpan.TicksPerDay + ahead);

        var others = changes.AddWritten(["a"], _status, (_, _) => TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        others.Should().BeEquivalentTo(Enumerable.Repeat((new WorkKey(0, "a"), TimeSpan.TicksPerDay), count));
        _log.Lines.Should().BeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private static WorkItem Work(string name) => new()
    {
        Template = Some.Watch().Jobs[0].For(0)!,
        Index = 0,
        FileName = name,
        Files = [name],
    };
}
