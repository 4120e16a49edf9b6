using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Jobs;
using MeeseeksBox.WatchAgent.Watches;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Status files elsewhere than in the watched folder (docs/WATCH.md#status-files-elsewhere).</summary>
public sealed class StatusFolderTests : IDisposable
{
    private static readonly WorkKey Key = new(0, "a");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TemporaryFolder _folder = new();
    private readonly string _in;
    private readonly string _status;

    public StatusFolderTests()
    {
        (_in, _status) = (_folder.Folder("in"), _folder.Folder("status"));
        _ = _folder.Write("in/a", "x");
    }

    private WatchSettings Settings => Some.Watch() with { Path = _in, StatusPath = _status };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Results_are_written_and_read_there_and_the_watched_folder_stays_as_it_is()
    {
        var (index, files) = Open(Settings);
        files.Make();
        files.Probe();

        _ = files.Write(index.Status, Key, StatusState.Done, [1], now: 0);

        Directory.GetFileSystemEntries(_in).Should().Equal(Path.Combine(_in, "a"));
        Open(Settings).Index.Status[Key].Result.Should().Be(StatusState.Done);
    }

    [Fact]
    public void Status_files_beside_the_files_are_not_read()
    {
        _ = _folder.Write("in/._w_0_a.done", "{}");

        Open(Settings).Index.Status.All.Should().BeEmpty();
    }

    [Fact]
    public void Two_folders_with_the_same_file_names_and_last_part_share_no_results()
    {
        var other = _folder.Folder("other/in");

        StatusFolder.Of(Settings).Should().NotBe(StatusFolder.Of(Settings with { Path = other }));
    }

    [Fact]
    public void A_folder_has_the_same_results_under_each_of_its_paths()
    {
        _ = Directory.CreateSymbolicLink(_folder.File("link"), _in);

        StatusFolder.Of(Settings with { Path = _folder.File("link") }).Should().Be(StatusFolder.Of(Settings));
        StatusFolder.Of(Settings with { Path = _in + "/" }).Should().Be(StatusFolder.Of(Settings));
    }

    [Fact]
    public void A_link_that_leads_to_another_folder_has_the_results_of_that_folder_at_the_next_read()
    {
        var (link, other) = (_folder.File("link"), _folder.Folder("other"));
        _ = Directory.CreateSymbolicLink(link, _in);
        var (index, _) = Open(Settings with { Path = link });

        File.Delete(link);
        _ = Directory.CreateSymbolicLink(link, other);
        index.Read();

        index.StatusPath.Should().Be(StatusFolder.Of(Settings with { Path = other }));
    }

    [Fact]
    public void Nothing_is_read_while_the_folder_of_status_path_is_not_there()
    {
        Directory.Delete(_status);

        FluentActions.Invoking(() => Open(Settings)).Should().Throw<DirectoryNotFoundException>().WithMessage($"*{_status}");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("d/a")]
    [InlineData("d/e/a")]
    public void A_folder_of_status_files_that_is_gone_is_made_again_for_a_result(string file)
    {
        var settings = Settings with { Depth = int.MaxValue };
        var status = StatusFolder.Of(settings);
        var writer = Writer(settings, out var log);

        Record(writer, settings, file, status).Should().BeTrue();
        Directory.Delete(_status, recursive: true);
        Record(writer, settings, file, status).Should().BeFalse();
        _ = Directory.CreateDirectory(_status);
        Record(writer, settings, file, status).Should().BeTrue();

        File.Exists(Path.Combine(status, Path.GetDirectoryName(file)!, "._w_0_a.done")).Should().BeTrue();
        log.Lines.Should().HaveCount(2);
    }

    [Fact]
    public void A_folder_of_status_files_that_is_gone_is_made_again_before_the_next_job()
    {
        var settings = Settings with { Depth = int.MaxValue };
        var status = StatusFolder.Of(settings);
        var writer = Writer(settings, out _);
        var plan = new Plan();
        plan.Due.Add(Work(settings, "d/a"));

        writer.TryPrepare(plan).Should().BeTrue();
        Directory.Delete(status, recursive: true);
        writer.TryPrepare(plan).Should().BeTrue();

        Directory.Exists(Path.Combine(status, "d")).Should().BeTrue();
    }

    [Fact]
    public void What_prevents_a_job_for_a_file_is_told_also_to_a_person_who_wants_it()
    {
        var writer = Writer(Settings, out _);
        _ = Directory.CreateDirectory(Path.Combine(StatusFolder.Of(Settings), "._w_0_b.done"));

        writer.ProblemOf(Key).Should().BeNull();
        writer.ProblemOf(Key with { FileName = new string('x', 245) }).Should().Be(StatusWriter.TooLong);
        writer.ProblemOf(Key with { FileName = "b" }).Should().Be("._w_0_b.done: it is a folder");
    }

    [Fact]
    public void An_empty_watched_folder_keeps_its_status_files()
    {
        var (index, files) = Open(Settings);
        files.Make();
        _ = files.Write(index.Status, Key, StatusState.Done, [1], now: 0);
        var recorder = new StatusRecorder(Settings, files, _time);
        _time.Advance(TimeSpan.FromHours(1));

        File.Delete(Path.Combine(_in, "a"));
        index.Read();
        recorder.Clean(index.Snapshot(), new HashSet<WorkKey>(), _ => false);
        var kept = Directory.GetFiles(index.StatusPath).Length;
        _ = _folder.Write("in/b", "x");
        index.Read();
        recorder.Clean(index.Snapshot(), new HashSet<WorkKey>(), _ => false);

        kept.Should().Be(1);
        Directory.GetFiles(index.StatusPath).Should().BeEmpty();
    }

    [Fact]
    public void Watches_whose_names_collide_may_have_different_folders_for_their_status_files()
    {
        string[] Words(string a, string b) => [Watch("a", a), Watch("a_1", b)];

        Problems(Words("/s", "/s")).Should().ContainSingle();
        Problems(Words("/s", "/t")).Should().BeEmpty();

        static IReadOnlyList<string> Problems(string[] words) => WatcherConfigurationReader.Read(words).Problems;

        static string Watch(string name, string status) =>
            $"watch.{name}={{\"path\":\"/x\",\"glob\":\"*\",\"status_path\":\"{status}\",\"jobs\":[{Some.Job}]}}";
    }

    [Fact]
    public void The_results_of_one_folder_share_a_flush_and_a_failed_one_is_said()
    {
        _ = _folder.Write("in/b", "x");
        var flushed = new RecordedFlush();
        var writer = Writer(Settings, out var log, flushed);
        var status = StatusFolder.Of(Settings);
        _ = Directory.CreateDirectory(status);

        Record(writer, Settings, "a", status).Should().BeTrue();
        Record(writer, Settings, "b", status).Should().BeTrue();
        flushed.Paths.Should().BeEmpty();
        writer.TryFlush().Should().BeTrue();
        writer.TryFlush().Should().BeTrue();
        flushed.Paths.Should().Equal(status);

        flushed.Problem = new IOException("a test");
        Record(writer, Settings, "a", status).Should().BeTrue();
        writer.TryFlush().Should().BeFalse();
        log.Lines.Should().ContainSingle(line => line.Contains("flush status files to the disk") && line.Contains("a test"));
    }

    private sealed class RecordedFlush : DiskFlush
    {
        public List<string> Paths { get; } = [];

        public IOException? Problem { get; set; }

        public override void Of(string path)
        {
            Paths.Add(path);
            if (Problem is not null)
                throw Problem;
        }
    }

    private StatusWriter Writer(WatchSettings settings, out LinesLog log, DiskFlush? flush = null)
    {
        log = new LinesLog();
        using var inotify = new Inotify(log.Logger);
        var faults = new IoFaultReporter(_in, log.Logger);
        var folder = new WatchedFolder(settings, inotify, () => { }, faults, isOnce: true, _time, log.Logger);
        return new StatusWriter(settings, folder, faults, _time, log.Logger, flush);
    }

    private static WorkItem Work(WatchSettings settings, string file) =>
        new() { Template = settings.Jobs[0].For(0)!, Index = 0, FileName = file, Files = [file] };

    private static bool Record(StatusWriter writer, WatchSettings settings, string file, string status)
    {
        var work = Work(settings, file);
        var end = new JobEnd(JobState.Done, [new Job { Id = "j", Status = new JobStatus { State = JobState.Done } }], WasStopped: false);
        var path = Path.TrimEndingDirectorySeparator(Path.Combine(status, Path.GetDirectoryName(file)!));
        return writer.TryRecord(
            path, new ResultPlace(work, IsPresent: true, Loss: null), SubmissionFactory.Create("h", settings, work).Value!, end);
    }

    private (FolderIndex Index, StatusFiles Files) Open(WatchSettings settings)
    {
        var index = new FolderIndex(settings, new OpenFileTracker(settings.Path!, WriterProbe.Of, _time), _time);
        index.Read();
        return (index, new StatusFiles(() => index.StatusPath, settings.Name));
    }
}
