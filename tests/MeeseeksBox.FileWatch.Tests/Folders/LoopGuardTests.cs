using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Watches;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What the log says of jobs that cause each other (docs/SPECIFICATION.md#brake).</summary>
public sealed class LoopGuardTests
{
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

    private static WorkItem Work(string name) => new()
    {
        Template = Some.Watch().Jobs[0].For(0)!,
        Index = 0,
        FileName = name,
        Files = [name],
    };
}
