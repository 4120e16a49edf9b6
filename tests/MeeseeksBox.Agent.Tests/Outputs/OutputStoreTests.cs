using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Outputs;

// docs/SPECIFICATION.md#kept-output
public sealed class OutputStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RunsFolder _runs;
    private readonly OutputStore _store;
    private int _count;

    public OutputStoreTests()
    {
        _runs = new RunsFolder(_folder.File("state"), isDurable: true);
        _store = new OutputStore(_runs, _time, Logger.None);
    }

    private string[] Files => _runs.Existing is { } folder ? Directory.GetFiles(folder) : [];

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_folder_is_beside_the_state_file_itself_and_not_beside_a_link_to_it()
    {
        Directory.CreateDirectory(_folder.File("disk"));
        File.WriteAllText(_folder.File("disk/state"), "{}");
        File.CreateSymbolicLink(_folder.File("link"), "disk/state");

        using var runs = new RunsFolder(_folder.File("link"), isDurable: true);

        runs.Make().Should().Be(_folder.File("disk/state.runs"));
    }

    [Fact]
    public void A_small_output_is_taken_into_memory()
    {
        var output = _store.Take(Printed(OutputStore.Smallest), OutputStore.Smallest, 1_000_000);

        Text(output).Should().Be(new string('x', OutputStore.Smallest));
        output!.Reference.Should().BeNull();
        Files.Should().BeEmpty();
    }

    [Fact]
    public void The_output_of_another_user_is_copied_so_that_a_later_change_has_no_effect()
    {
        var path = Printed(5000);

        var output = _store.Copy(path, Credentials.Own.User, 5000, 1_000_000);
        File.WriteAllText(path, "changed");

        Text(output).Should().Be(new string('x', 5000));
        Text(_store.Copy(path, Credentials.Own.User, 5000, 1_000_000)).Should().Be(Text(output));
        Text(_store.Copy(Printed(10), Credentials.Own.User, 10, 1_000_000)).Should().Be(new string('x', 10));
        File.GetUnixFileMode(Files.Single()).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_runner_of_another_user_needs_a_folder_of_runners_that_nobody_else_may_enter()
    {
        var make = () => _runs.MakeForRunner("-7-abc");
        Path.GetFileName(make()).Should().StartWith("runner-").And.EndWith("-7-abc");

        File.SetUnixFileMode(_runs.Make(), (UnixFileMode)0x1c8);

        make.Should().Throw<IOException>().WithMessage("*.runs must be a folder of the user of the box with mode 0700*");
        _runs.MakeForRunner().Should().NotBeNull();
    }

    [Fact]
    public void The_output_of_another_user_has_as_many_bytes_as_were_reported()
    {
        var output = _store.Copy(Printed(700), Credentials.Own.User, 5000, 4000);

        ((SpooledOutput)output!).Kept.Should().Be(4000);
        new FileInfo(Files.Single()).Length.Should().Be(4000);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("other user")]
    [InlineData("missing")]
    public void A_file_that_another_user_has_put_in_the_place_of_the_output_is_not_read(string what)
    {
        var (path, owner) = (_folder.File("placed"), Credentials.Own.User);
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(path, Printed(5000));
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "pipe":
                using (var made = Process.Start("mkfifo", path))
                    made.WaitForExit();
                break;
            case "other user":
                (path, owner) = (Printed(5000), owner + 1);
                break;
        }

        foreach (var total in (int[])[10, 5000])
        {
            var copy = () => _store.Copy(path, owner, total, 1_000_000);
            copy.Should().Throw<IOException>();
        }

        Files.Should().BeEmpty();
    }

    [Fact]
    public void A_larger_output_stays_in_a_file_that_only_the_box_may_read()
    {
        var output = _store.Take(Printed(OutputStore.Smallest + 1), OutputStore.Smallest + 1, 1_000_000);

        Text(output).Should().Be(new string('x', OutputStore.Smallest + 1));
        File.GetUnixFileMode(Files.Should().ContainSingle().Subject).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Convert.ToInt32(output!.Length).Should().Be(output.Text!.Length);
    }

    [Fact]
    public void A_file_of_the_box_refers_to_the_output_and_finds_it_again()
    {
        var job = With(_store.Take(Printed(1000), 1000, 2000));

        var stored = Encoding.UTF8.GetString(Written(job, OutputForm.Reference));
        using var document = JsonDocument.Parse(stored);
        var read = JobAttributes.WithOutputs(new Job { Id = "a" }, document.RootElement, new OutputStore(_runs, _time, Logger.None).Find);

        stored.Should().Contain("stdout_file").And.NotContain("stdout_data");
        Text(read.Status.Stdout).Should().Be(new string('x', 1000));
    }

    [Theory]
    [InlineData("../state 10 10")]
    [InlineData("/etc/passwd 10 10")]
    [InlineData("nosuch 10 10")]
    [InlineData("x")]
    [InlineData("a b c")]
    public void A_reference_to_any_other_file_finds_nothing(string reference)
    {
        _ = _folder.Write("state", "0123456789");
        _ = _runs.Make();

        _store.Find(reference).Should().BeNull();
    }

    [Fact]
    public void Nobody_else_can_name_a_file_of_the_box()
    {
        var output = _store.Take(Printed(1000), 1000, 2000)!;
        using var sent = JsonDocument.Parse($$"""{"id":"evil","stdout_file":"{{output.Reference}}","start_count":1}""");

        _ = JobAttributes.TryRead(sent.RootElement, out var job, out _);

        job!.Status.Stdout.Should().BeNull();
        Encoding.UTF8.GetString(Written(job, OutputForm.Reference)).Should().NotContain("stdout_file");
    }

    [Fact]
    public void An_output_that_no_job_has_any_more_is_deleted_a_minute_later()
    {
        var first = With(_store.Take(Printed(1000), 1000, 2000));
        var second = With(_store.Take(Printed(1001), 1001, 2000));
        _store.Changed(first);
        _store.Changed(second);
        _time.Advance(TimeSpan.FromSeconds(59));
        var before = Files.Length;

        _time.Advance(TimeSpan.FromSeconds(2));
        var between = Files.Length;
        _store.Removed("a");
        _time.Advance(TimeSpan.FromSeconds(61));

        (before, between, Files.Length).Should().Be((2, 1, 0));
    }

    [Fact]
    public void Copies_of_other_nodes_come_into_files_and_those_not_taken_are_deleted()
    {
        var large = With(OutputData.Of(Convert.ToBase64String(new byte[5000])));
        var small = With(OutputData.Of("aGVsbG8K")) with { Id = "b" };

        var kept = _store.Keep([large, small], _ => []);
        var again = _store.Keep([large], _ => []);
        var known = _store.Keep([large], _ => [kept[0]]);
        kept.ToList().ForEach(_store.Changed);
        _store.DeleteRejected(kept);
        _store.DeleteRejected(again);
        _time.Advance(TimeSpan.FromSeconds(61));

        kept[0].Status.Stdout!.Reference.Should().NotBeNull();
        kept[0].Status.StdoutData.Should().Be(large.Status.StdoutData);
        kept[1].Should().Be(small);
        known[0].Should().Be(kept[0]);
        Files.Should().ContainSingle();
    }

    [Fact]
    public void A_restored_state_keeps_its_own_files_alone()
    {
        var kept = With(_store.Take(Printed(1000), 1000, 2000));
        _ = _store.Take(Printed(1000), 1000, 2000);
        var next = new OutputStore(_runs, _time, Logger.None);

        next.Restore([kept], [], []);

        Files.Should().ContainSingle();
    }

    [Theory]
    [InlineData("state.damaged-20261129-120000")]
    [InlineData("state.journal.old.damaged-20261129-120000")]
    public void A_state_of_which_a_damaged_copy_exists_keeps_all_files(string copy)
    {
        _ = _store.Take(Printed(1000), 1000, 2000);
        File.WriteAllText(_folder.File(copy), "{");
        var next = new OutputStore(_runs, _time, Logger.None);

        next.Restore([], [], []);
        var kept = Files;
        File.Delete(_folder.File(copy));
        next.Restore([], [], []);

        kept.Should().ContainSingle();
        Files.Should().BeEmpty();
    }

    [Fact]
    public void An_output_its_name_and_its_new_folder_are_on_disk_before_a_job_refers_to_it()
    {
        var flush = new FlushList();
        using var runs = new RunsFolder(_folder.File("flushed"), isDurable: true, flush);
        using var store = new OutputStore(runs, _time, Logger.None);

        _ = store.Take(Printed(1000), 1000, 2000);
        _ = store.Copy(Printed(1000), Credentials.Own.User, 1000, 2000);
        _ = store.Keep([With(OutputData.Of(Convert.ToBase64String(new byte[5000])))], _ => []);

        flush.Steps.Should().HaveCount(7).And.StartWith(["name flushed.runs", "content printed0", "name printed0", "content printed1.new"])
            .And.HaveElementAt(4, "name printed1");
        flush.Steps[5][8..].Should().Be(flush.Steps[6][5..]).And.EndWith(".out");
    }

    private static Job With(OutputData? output) => new() { Id = "a", Status = new JobStatus { StartCount = 1, Stdout = output } };

    private static byte[] Written(Job job, OutputForm form)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            JobAttributes.Write(writer, job, form);

        return stream.ToArray();
    }

    private sealed class FlushList : DiskFlush
    {
        public List<string> Steps { get; } = [];

        public override void Content(SafeFileHandle file) =>
            Steps.Add($"content {Path.GetFileName(new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget)}");

        public override void NameOf(string path) => Steps.Add($"name {Path.GetFileName(path)}");
    }

    private static string Text(OutputData? output) => Encoding.UTF8.GetString(Convert.FromBase64String(output!.Text!));

    private string Printed(int count)
    {
        var path = _folder.Write($"printed{_count++}", new string('x', count));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
