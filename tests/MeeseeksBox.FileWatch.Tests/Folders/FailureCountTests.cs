using System.Text;
using System.Text.Json;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The number of failures, which is kept in the status file (docs/SPECIFICATION.md#retry-of-files).</summary>
public sealed class FailureCountTests : IDisposable
{
    private static readonly WorkKey Key = new(0, "a");

    private readonly TemporaryFolder _folder = new();

    private string StatusFile => _folder.File("._w_0_a.failed");

    [Fact]
    public void Each_failure_counts_also_after_a_restart()
    {
        Record(1);
        Record(2);
        Record(3);

        Failures().Should().Be(3);
    }

    [Fact]
    public void The_status_file_stays_the_json_of_the_job()
    {
        Record(1);
        Record(2);

        var text = JsonElement.Parse(File.ReadAllText(StatusFile));
        (text.GetProperty("id").GetString(), text.GetProperty("state").GetString(), text.GetProperty("watch_failures").GetInt32())
            .Should().Be(("j~2", "failed", 2));
    }

    [Fact]
    public void A_run_that_is_recorded_twice_counts_once()
    {
        Record(1);
        Record(2);
        Record(2);

        Failures().Should().Be(2);
    }

    [Fact]
    public void The_parts_of_a_job_for_several_nodes_count_as_one()
    {
        Record(Failed(1), Failed(2));
        Record(Failed(3), Failed(4));

        Failures().Should().Be(2);
        JsonElement.Parse(File.ReadAllText(StatusFile)).EnumerateObject().Select(job => job.Name).Should().Equal("j~3", "j~4");
    }

    [Fact]
    public void The_count_ends_with_a_good_run()
    {
        Record(1);
        Record(Failed(2) with { Status = new JobStatus { State = JobState.Done } });
        Record(3);

        Failures().Should().Be(1);
    }

    [Fact]
    public void A_changed_file_counts_anew()
    {
        Record(1, mtime: 10);
        Record(2, mtime: 10);
        Failures().Should().Be(2);

        Record(3, mtime: 20);

        Failures().Should().Be(1);
    }

    [Theory]
    [InlineData("{\"id\":\"j\",\"state\":\"failed\"}", 0)]
    [InlineData("", 0)]
    [InlineData("[]", 0)]
    [InlineData("{\"id\":\"j\",\"watch_failures\":\"many\"}", 0)]
    [InlineData("{\"id\":\"j\",\"watch_failures\":1e99}", 0)]
    [InlineData("{\"id\":\"j\",\"watch_failures\":7}", 7)]
    public void The_text_of_another_version_counts_nothing(string text, int failures)
    {
        FailureText.Of(Encoding.UTF8.GetBytes(text)).Failures.Should().Be(failures);
    }

    [Fact]
    public void A_failure_of_another_version_is_the_first()
    {
        _folder.Write("._w_0_a.failed", "{\"id\":\"old\",\"state\":\"failed\"}");

        Record(1);

        Failures().Should().Be(2);
    }

    [Fact]
    public void The_table_knows_a_recorded_number_after_news_of_the_file()
    {
        var table = Record(1);
        var index = Index();
        index.Read();

        table.Add(Key, StatusState.Failed, index.Status[Key].FailedAt);

        table[Key].Failures.Should().Be(1);
    }

    public void Dispose() => _folder.Dispose();

    private static Job Failed(int number) => new()
    {
        Id = $"j~{number}",
        Status = new JobStatus { State = JobState.Failed, Rc = 1, SubmitTs = number, EndTs = number + 0.5 },
    };

    private FolderIndex Index()
    {
        var settings = Some.Watch("'updated':true") with { Path = _folder.Path };
        return new FolderIndex(
            settings, new OpenFileTracker(_folder.Path, _ => default, TimeProvider.System), TimeProvider.System);
    }

    private int Failures()
    {
        var index = Index();
        index.Read();
        return index.Status.FailuresOf(Key);
    }

    private StatusTable Record(int number, long? mtime = null) => Record([Failed(number)], mtime);

    private StatusTable Record(params Job[] jobs) => Record(jobs, mtime: null);

    // As a watcher that has just started.
    private StatusTable Record(Job[] jobs, long? mtime)
    {
        var settings = Some.Watch("'updated':true") with { Path = _folder.Path };
        var index = Index();
        index.Read();
        var work = new WorkItem { Template = settings.Jobs[0].For(0)!, Index = 0, FileName = "a", Files = ["a"], Mtime = mtime };
        var recorder = new StatusRecorder(settings, new StatusFiles(() => _folder.Path, "w"), TimeProvider.System);
        recorder.Record(index.Status, work, new JobEnd(jobs[0].Status.State, jobs, WasStopped: false));
        return index.Status;
    }
}
