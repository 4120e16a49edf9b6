using System.Diagnostics;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Serilog;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>Writing, rotating and replaying the journal.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JournalFiles _files;

    public JournalTests() => _files = new JournalFiles(_folder.File("state"));

    private static ILogger Log => Logger.None;

    [Fact]
    public async Task Durable_lines_can_be_read_back()
    {
        await WriteAsync(Changed("a", 1), Changed("b", 2), new JournalLine { Gone = "a" }, Changed("b", 3, JobState.Done));

        var jobs = await ReadAsync();

        jobs.Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public async Task All_lines_up_to_a_durable_number_are_on_disk()
    {
        using var journal = new Journal(_files, Log);
        var run = journal.RunAsync();

        journal.Append(Changed("a", 1));
        await journal.DurableAsync(journal.Appended);

        File.ReadAllText(_files.Current).Should().StartWith("{\"job\":{\"id\":\"a\"").And.EndWith("\n");
        File.GetUnixFileMode(_files.Current).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        journal.Complete();
        await run;
    }

    [Fact]
    public async Task Lines_without_a_waiter_are_flushed_after_a_delay_and_raise_their_ends_then()
    {
        using var journal = new Journal(_files, Log);
        var ended = new TaskCompletionSource<Job>();
        journal.Ended += ended.SetResult;
        var run = journal.RunAsync();

        journal.Append(new JournalLine { Ended = Job("a", 1, JobState.Done) });

        (await ended.Task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken)).Id.Should().Be("a");
        journal.Complete();
        await run;
    }

    [Fact]
    public async Task Lines_without_a_waiter_are_flushed_under_load_too()
    {
        using var journal = new Journal(_files, Log);
        var ended = new TaskCompletionSource<Job>();
        journal.Ended += ended.SetResult;
        var run = journal.RunAsync();

        journal.Append(new JournalLine { Ended = Job("a", 1, JobState.Done) });
        var lines = 0;
        var begin = Stopwatch.GetTimestamp();
        for (; !ended.Task.IsCompleted && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(20); lines++)
        {
            journal.Append(Changed("b", lines));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        ended.Task.IsCompleted.Should().BeTrue();
        journal.Complete();
        await run;
        (await File.ReadAllLinesAsync(_files.Current, TestContext.Current.CancellationToken)).Should().HaveCount(lines + 1);
    }

    [Fact]
    public async Task Concurrent_waiters_complete_when_their_own_line_is_on_disk()
    {
        using var journal = new Journal(_files, Log);
        var run = journal.RunAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(worker => Task.Run(
            async () =>
            {
                for (var number = 0; number < 50; number++)
                {
                    journal.Append(Changed($"{worker}.{number}", number));
                    await journal.DurableAsync(journal.Appended);
                    (await File.ReadAllTextAsync(_files.Current, TestContext.Current.CancellationToken))
                        .Should().Contain($"\"{worker}.{number}\"");
                }
            },
            TestContext.Current.CancellationToken)));

        journal.Complete();
        await run;
    }

    [Fact]
    public async Task A_rotation_does_not_delay_waiters_of_earlier_lines()
    {
        using var journal = new Journal(_files, Log);
        var run = journal.RunAsync();

        for (var number = 0; number < 200; number++)
        {
            journal.Append(Changed("a", number));
            var durable = journal.DurableAsync(journal.Appended);
            var rotated = journal.RotateAsync();
            await durable.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
            await rotated.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        }

        journal.Complete();
        await run;
        await journal.RotateAsync().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_truncated_last_line_is_normal()
    {
        await WriteAsync(Changed("a", 1));
        await File.AppendAllTextAsync(_files.Current, "{\"job\":{\"id\":\"b\",\"po", TestContext.Current.CancellationToken);

        var jobs = await ReadAsync();

        jobs.Select(job => job.Id).Should().Equal("a");
        Directory.GetFiles(_folder.Path, "*.damaged-*").Should().BeEmpty();
    }

    [Fact]
    public async Task Other_damage_is_quarantined_and_valid_lines_count()
    {
        await WriteAsync(Changed("a", 1));
        await File.AppendAllTextAsync(_files.Current, "rubbish\n", TestContext.Current.CancellationToken);
        await WriteAsync(Changed("c", 2));

        var jobs = await ReadAsync();

        jobs.Select(job => job.Id).Should().Equal("a", "c");
        Directory.GetFiles(_folder.Path, "state.journal.damaged-*").Should().ContainSingle();
    }

    [Fact]
    public async Task A_line_older_than_the_saved_job_is_ignored()
    {
        await WriteAsync(Changed("a", 1), Changed("a", 2, JobState.Running));

        var jobs = await ReadAsync(Job("a", 5, JobState.Done));

        jobs.Single().Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public async Task A_rotation_keeps_the_previous_file_even_with_a_truncated_line()
    {
        await WriteAsync(Changed("a", 1));
        await File.AppendAllTextAsync(_files.Current, "{\"job\":", TestContext.Current.CancellationToken);
        _files.Rotate();
        await WriteAsync(Changed("b", 2));
        _files.Rotate();
        await WriteAsync(Changed("c", 3));

        var jobs = await ReadAsync();

        jobs.Select(job => job.Id).Should().BeEquivalentTo("a", "b", "c");
    }

    [Fact]
    public async Task Lines_before_a_rotation_are_in_the_previous_file()
    {
        using var journal = new Journal(_files, Log);
        var run = journal.RunAsync();

        journal.Append(Changed("a", 1));
        var rotated = journal.RotateAsync();
        journal.Append(Changed("b", 2));
        await rotated;
        await journal.DurableAsync(journal.Appended);

        File.ReadAllText(_files.Previous).Should().Contain("\"a\"").And.NotContain("\"b\"");
        File.ReadAllText(_files.Current).Should().Contain("\"b\"").And.NotContain("\"a\"");
        journal.Complete();
        await run;
    }

    [Fact]
    public async Task A_failed_journal_reports_the_error_and_recovers()
    {
        using var folder = new TemporaryFolder();
        using var files = new JournalFiles(Path.Combine(folder.File("missing"), "state"));
        using var journal = new Journal(files, Log);
        var run = journal.RunAsync();

        journal.Append(Changed("a", 1));
        var durable = journal.DurableAsync(journal.Appended);
        await Wait.Until(() => journal.Problem is not null, () => "there is no problem", TestContext.Current.CancellationToken);
        durable.IsCompleted.Should().BeFalse();
        _ = folder.Folder("missing");

        await durable.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        journal.Problem.Should().BeNull();
        journal.Complete();
        await run;
    }

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private static Job Job(string id, long seq, JobState state = JobState.New) => new()
    {
        Id = id,
        Spec = new() { Pool = "p" },
        Seq = seq,
        Status = new() { State = state },
    };

    private static JournalLine Changed(string id, long seq, JobState state = JobState.New) => new() { Changed = Job(id, seq, state) };

    private async Task WriteAsync(params JournalLine[] lines)
    {
        using var journal = new Journal(_files, Log);
        var run = journal.RunAsync();
        foreach (var line in lines)
            journal.Append(line);

        journal.Complete();
        await run;
    }

    private async Task<IReadOnlyCollection<Job>> ReadAsync(params Job[] saved)
    {
        using var files = new JournalFiles(_folder.File("state"));
        return await new JournalReader(NoOutputs.Store, TimeProvider.System, Log).ReadAsync(saved, files);
    }
}
