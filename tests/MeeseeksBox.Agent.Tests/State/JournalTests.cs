using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Microsoft.Win32.SafeHandles;
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

        var jobs = Read();

        jobs.Should().ContainSingle().Which.Status.State.Should().Be(JobState.Done);
    }

    [Fact]
    public async Task Removed_jobs_are_those_that_had_ended_as_they_were_then()
    {
        await WriteAsync(
            Changed("a", 5, JobState.Done), new JournalLine { Gone = "a" },
            new JournalLine { Gone = "saved" },
            Changed("end-is-lost", 6, JobState.Running), new JournalLine { Gone = "end-is-lost" },
            new JournalLine { Gone = "unknown" });
        var reader = new JournalReader(NoOutputs.Store, TimeProvider.System, Log);
        using var files = new JournalFiles(_folder.File("state"));

        reader.Read([Job("saved", 0, JobState.Killed), Job("kept", 0)], files).Select(job => job.Id).Should().Equal("kept");

        reader.Removed.Select(job => (job.Id, job.Status.State)).Should().Equal(("a", JobState.Done), ("saved", JobState.Killed));
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

        var jobs = Read();

        jobs.Select(job => job.Id).Should().Equal("a");
        Directory.GetFiles(_folder.Path, "*.damaged-*").Should().BeEmpty();
    }

    [Theory]
    [InlineData(JobState.Done, 4)]
    [InlineData(JobState.Failed, 3)]
    public async Task An_end_counts_only_with_the_change_of_its_job(JobState state, long seq)
    {
        await WriteAsync(
            Changed("a", 1, JobState.Running),
            new JournalLine { Ended = Job("a", 1, JobState.Failed) },
            Changed("a", 2),
            Changed("a", 3, JobState.Running),
            new JournalLine { Ended = Job("a", seq, state) },
            Changed("a", 4, state is JobState.Done ? JobState.Done : JobState.New));
        var text = await File.ReadAllTextAsync(_files.Current, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_files.Current, text[..^30], TestContext.Current.CancellationToken);
        var reader = new JournalReader(NoOutputs.Store, TimeProvider.System, Log);

        var jobs = reader.Read([], _files);

        jobs.Should().ContainSingle().Which.Seq.Should().Be(3);
        reader.Endings.Should().ContainSingle("the second end would come once more").Which.Seq.Should().Be(1);
    }

    [Fact]
    public async Task Other_damage_is_quarantined_and_valid_lines_count()
    {
        await WriteAsync(Changed("a", 1));
        await File.AppendAllTextAsync(_files.Current, "rubbish\n", TestContext.Current.CancellationToken);
        await WriteAsync(Changed("c", 2));

        var jobs = Read();

        jobs.Select(job => job.Id).Should().Equal("a", "c");
        Directory.GetFiles(_folder.Path, "state.journal.damaged-*").Should().ContainSingle();
    }

    [Theory]
    [InlineData("{\"job\":{\"id\":\"b\",\"pool\":\"p\"}}", "\"job\"", "\"j\u00ef\u00bf\"")]
    [InlineData("{\"\\ud800\":{\"id\":\"b\",\"pool\":\"p\"}}")]
    [InlineData("{\"gone\":\"\\ud800\"}")]
    [InlineData("{\"gone\":\"\\udfff\\ud800\"}")]
    [InlineData("{\"job\":{\"\\ud800\":1}}")]
    [InlineData("{\"job\":{\"id\":\"b\",\"pool\":\"\\ud800\"}}")]
    [InlineData("{\"ended\":{\"id\":\"\\udbff\"}}")]
    [InlineData("{\"gone\":\"a\",\"crc\":\"00000000\"}")]
    [InlineData("{\"gone\":\"a\",\"other\":\"00000000\"}")]
    public async Task A_line_that_is_not_valid_text_or_has_a_wrong_checksum_is_damaged_and_does_not_prevent_the_start(
        string line, string part = "x", string damaged = "x")
    {
        await WriteAsync(Changed("a", 1));
        var bytes = Encoding.Latin1.GetBytes(line.Replace(part, damaged) + "\n");
        await File.AppendAllBytesAsync(_files.Current, bytes, TestContext.Current.CancellationToken);
        await WriteAsync(Changed("c", 2));

        Read().Select(job => job.Id).Should().Equal("a", "c");

        Directory.GetFiles(_folder.Path, "state.journal.damaged-*").Should().ContainSingle();
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_said_and_those_after_it_count()
    {
        await WriteAsync(Changed("a", 1), Changed(new string('b', 300_000), 2), Changed("c", 3));
        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();

        Read([], log, longestLine: 10_000).Select(job => job.Id).Should().Equal("a", "c");

        errors.Lines.Should().ContainSingle().Which.Should().Contain("1 lines skipped (line 2: longer than 10000 bytes)");
    }

    [Fact]
    public async Task Each_line_has_a_checksum_that_any_change_of_it_violates_and_lines_without_one_load()
    {
        await WriteAsync(Changed("a", 1, JobState.Done));
        var line = await File.ReadAllTextAsync(_files.Current, TestContext.Current.CancellationToken);

        line.Should().MatchRegex("^{\"job\":{.*},\"crc\":\"[0-9a-f]{8}\"}\n$");
        await File.WriteAllTextAsync(_files.Current, line.Replace("\"done\"", "\"dond\""), TestContext.Current.CancellationToken);
        Read().Should().BeEmpty();
        await File.WriteAllTextAsync(_files.Current, line.Replace("\"seq\":1", "\"seq\":2"), TestContext.Current.CancellationToken);
        Read().Should().BeEmpty();
        await File.WriteAllTextAsync(_files.Current, line[..^19] + "}\n", TestContext.Current.CancellationToken);
        Read().Should().ContainSingle();
    }

    [Fact]
    public void The_checksum_is_crc_32c() => JournalChecksum.Of("123456789"u8).Should().Be(0xe3069283);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("{\"gone\":\"")]
    public async Task Lines_whose_newline_is_damaged_count(string newline)
    {
        await WriteAsync(Changed("a", 1), Changed("b", 2), Changed("c", 3));
        var text = await File.ReadAllTextAsync(_files.Current, TestContext.Current.CancellationToken);
        var at = text.IndexOf('\n');
        await File.WriteAllTextAsync(_files.Current, text[..at] + newline + text[(at + 1)..], TestContext.Current.CancellationToken);

        Read().Select(job => job.Id).Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task A_line_in_a_value_of_a_damaged_line_does_not_count()
    {
        using var fake = new MemoryStream();
        fake.Write("{\"gone\":\"a\"}"u8);
        JournalChecksum.Add(fake, 0);
        var job = Job("b", 2) with { Spec = new() { Pool = "p", Config = JsonElement.Parse(fake.ToArray()) } };
        await WriteAsync(Changed("a", 1), new JournalLine { Changed = job });
        var text = await File.ReadAllTextAsync(_files.Current, TestContext.Current.CancellationToken);
        text.Should().Contain(Encoding.UTF8.GetString(fake.ToArray()));
        await File.WriteAllTextAsync(_files.Current, text.Replace("\"id\":\"b\"", "\"id\":b"), TestContext.Current.CancellationToken);

        Read().Select(read => read.Id).Should().Equal("a");
    }

    [Fact]
    public async Task While_the_disk_is_full_the_queue_is_bounded_and_the_last_copy_of_each_job_is_written()
    {
        using var folder = new TemporaryFolder();
        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();
        using var files = new JournalFiles(Path.Combine(folder.File("missing"), "state"));
        using var journal = new Journal(files, log);
        var run = journal.RunAsync();
        journal.Append(Changed("first", 1));
        await Wait.Until(() => journal.Problem is not null, () => "there is no problem", TestContext.Current.CancellationToken);

        for (var number = 0; number < 100_000; number++)
        {
            journal.Append(Changed($"{number % 10}", number));
            journal.Append(new JournalLine { Ended = Job("ended", number, JobState.Done) });
        }

        journal.Append(new JournalLine { Gone = "3" });
        journal.Mark(100_000);
        var before = journal.Waiting;
        var rotated = journal.RotateAsync();
        for (var number = 0; number < 1000; number++)
            journal.Append(Changed("9", 200_000 + number));
        var waiting = journal.Waiting;
        _ = folder.Folder("missing");
        await rotated.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        journal.Complete();
        await run;

        (before, waiting).Should().Be((50_010, 50_012));
        journal.Appended.Should().Be(201_002);
        var reader = new JournalReader(NoOutputs.Store, TimeProvider.System, log);
        var jobs = reader.Read([], files);
        jobs.Select(job => job.Seq).Should().BeEquivalentTo(
            (long[])[1, 99_990, 99_991, 99_992, 99_994, 99_995, 99_996, 99_997, 99_998, 200_999]);
        reader.Endings.Should().HaveCount(50_000);
        (await File.ReadAllLinesAsync(files.Current, TestContext.Current.CancellationToken)).Should().ContainSingle();
        errors.Lines.Should().Equal(errors.Lines[0], "journal overflow: 50000 ends of runs dropped, which the history lacks");
    }

    [Fact]
    public async Task A_line_older_than_the_saved_job_is_ignored()
    {
        await WriteAsync(Changed("a", 1), Changed("a", 2, JobState.Running));

        var jobs = Read(Job("a", 5, JobState.Done));

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

        var jobs = Read();

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
    public async Task The_older_file_is_gone_for_good_before_the_newer_one_is_deleted()
    {
        await WriteAsync(Changed("a", 1));
        _files.Rotate();
        await WriteAsync(Changed("a", 2));
        var flush = new FilesAtFlush(_folder.Path);
        using var files = new JournalFiles(_folder.File("state"), flush);

        files.DropAll();

        flush.Names.Should().Equal("state.journal", "");
    }

    // A power cut may keep the later one of two unflushed writes alone.
    [Fact]
    public void The_end_of_a_run_is_on_disk_before_a_later_write_of_its_job()
    {
        var flush = new FilesAtFlush(_folder.Path);
        using var files = new JournalFiles(_folder.File("state"), flush);
        using var queue = new JournalQueue();
        using var writer = new JournalWriter(files, queue, Log);
        var ended = new List<string>();
        writer.Ended += job => ended.Add($"{job.Id}{job.Seq}");

        Write(Ended("a", 1), Changed("a", 2));
        Write(Changed("b", 3), Ended("b", 4), Changed("b", 4));
        flush.Lines.Should().BeEmpty("each job has one end");
        Write(Ended("c", 5), Ended("a", 6), Changed("c", 5), Changed("a", 6));
        flush.Lines.Should().Equal(5);
        ended.Should().Equal("a1", "b4");

        void Write(params JournalLine[] lines)
        {
            writer.FlushEndsBefore(lines);
            foreach (var line in lines)
                writer.Add(line);
            writer.Write();
        }

        static JournalLine Ended(string id, long seq) => new() { Ended = Job(id, seq, JobState.Failed) };
    }

    [Fact]
    public async Task A_failed_journal_reports_the_error_and_recovers()
    {
        using var folder = new TemporaryFolder();
        using var files = new JournalFiles(Path.Combine(folder.File("missing"), "state"));
        using var journal = new Journal(files, Log);
        var run = journal.RunAsync();

        journal.Append(Changed("a", 1));
        var first = await DurableAsync(journal);
        journal.Append(Changed("b", 2));
        var second = journal.DurableAsync(journal.Appended);
        second.IsCompleted.Should().BeTrue("the failure is known");
        _ = folder.Folder("missing");
        await Wait.Until(() => journal.Problem is null, () => "there is a problem", TestContext.Current.CancellationToken);

        (await DurableAsync(journal)).Should().BeNull();
        first.Should().StartWith(files.Current).And.Be(await second);
        (await journal.DurableAsync(1)).Should().BeNull("the line that failed is on disk by now");
        (await File.ReadAllLinesAsync(files.Current, TestContext.Current.CancellationToken)).Should().HaveCount(2);
        journal.Complete();
        await run;
    }

    [Fact]
    public async Task A_failed_flush_releases_its_waiters_and_those_of_the_next_flush()
    {
        var flush = new FailingFlush();
        using var files = new JournalFiles(_folder.File("state"), flush);
        using var journal = new Journal(files, Log);
        var run = journal.RunAsync();

        journal.Append(Changed("a", 1));
        var first = journal.DurableAsync(journal.Appended);
        flush.Begun.Wait(TestContext.Current.CancellationToken);
        journal.Append(Changed("b", 2));
        var second = journal.DurableAsync(journal.Appended);
        flush.Proceed.Release();

        (await first.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken)).Should().Contain("no flush");
        (await second.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken)).Should().Contain("no flush");
        journal.Problem.Should().NotBeNull();
        flush.IsFailing = false;
        flush.Proceed.Release(100);
        await Wait.Until(() => journal.Problem is null, () => "there is a problem", TestContext.Current.CancellationToken);
        (await DurableAsync(journal)).Should().BeNull();
        journal.Complete();
        await run;
    }

    [Fact]
    public async Task When_the_journal_ends_on_a_full_disk_nothing_that_waits_or_asks_later_takes_it_for_durable()
    {
        using var folder = new TemporaryFolder();
        using var files = new JournalFiles(Path.Combine(folder.File("missing"), "state"));
        using var journal = new Journal(files, Log);

        journal.Append(Changed("a", 1));
        var waiting = journal.DurableAsync(journal.Appended);
        journal.Complete();
        await journal.RunAsync().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);

        (await waiting.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken)).Should().StartWith(files.Current);
        (await DurableAsync(journal)).Should().StartWith(files.Current);
    }

    [Fact]
    public async Task Lines_after_the_end_of_the_journal_are_not_waited_for()
    {
        using var journal = new Journal(_files, Log);
        journal.Append(Changed("a", 1));
        journal.Complete();
        await journal.RunAsync();

        journal.Append(Changed("b", 2));

        (await DurableAsync(journal)).Should().Be("the box has stopped");
        (await journal.DurableAsync(1)).Should().BeNull();
    }

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private sealed class FilesAtFlush(string folder) : DiskFlush
    {
        public List<string> Names { get; } = [];

        public List<int> Lines { get; } = [];

        public override void Content(SafeFileHandle file) => Lines.Add(File.ReadLines(Path.Combine(folder, "state.journal")).Count());

        public override void NameOf(string path) => Names.Add(string.Join(' ', Directory.GetFiles(folder).Select(Path.GetFileName)));
    }

    private sealed class FailingFlush : DiskFlush
    {
        public SemaphoreSlim Begun { get; } = new(0);

        public SemaphoreSlim Proceed { get; } = new(0);

        public bool IsFailing { get; set; } = true;

        public override void Content(SafeFileHandle file)
        {
            _ = Begun.Release();
            Proceed.Wait(TestContext.Current.CancellationToken);
            if (IsFailing)
                throw new IOException("no flush");
        }

        public override void NameOf(string path)
        {
            // Succeeds.
        }
    }

    private static Task<string?> DurableAsync(Journal journal) =>
        journal.DurableAsync(journal.Appended).WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);

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

    private IReadOnlyCollection<Job> Read(params Job[] saved) => Read(saved, null);

    private IReadOnlyCollection<Job> Read(Job[] saved, ILogger? log, int longestLine = StoredLines.Longest)
    {
        using var files = new JournalFiles(_folder.File("state"));
        return new JournalReader(NoOutputs.Store, TimeProvider.System, log ?? Log, longestLine).Read(saved, files);
    }
}
