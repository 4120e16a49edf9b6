using MeeseeksBox.Agent.State;
using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Testing;
using Microsoft.Win32.SafeHandles;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>The file of the removed jobs (docs/SPECIFICATION.md#tombstones).</summary>
public sealed class TombstoneFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoggedErrors _errors = new();
    private readonly Logger _log;

    public TombstoneFileTests() => _log = _errors.CreateLogger();

    private string Path => _folder.File("state.removed");

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Removed_jobs_are_there_in_their_order_after_a_replacement_and_additions()
    {
        var file = Open();

        file.Saved.Should().Be(-1, "an earlier file may be damaged, or have dropped tombstones");
        file.Save(-1, [Some("a"), Some("b")], 2);
        file.Save(file.Saved, [Some("c"), Some("a", epoch: 1)], 4);

        file.Saved.Should().Be(4);
        Ids().Should().Equal("a", "b", "c", "a");
        Load()[^1].Status.Epoch.Should().Be(1);
        File.GetUnixFileMode(Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllLines(Path).Should().OnlyContain(line => line.StartsWith("{\"job\":{\"id\":") && line.Contains(",\"crc\":\""));
        _errors.Lines.Should().BeEmpty();
    }

    [Fact]
    public void Without_removed_jobs_there_is_no_file()
    {
        var file = Open();

        file.Save(-1, [], 0);
        file.Save(file.Saved, [], 0);

        Directory.GetFiles(_folder.Path).Should().BeEmpty();
        Ids().Should().BeEmpty();
    }

    [Fact]
    public void The_first_save_of_a_start_replaces_what_is_there()
    {
        Open().Save(-1, [Some("a"), Some("b")], 2);

        Open().Save(-1, [Some("b")], 1);

        Ids().Should().Equal("b");
        Directory.GetFiles(_folder.Path).Should().Equal(Path);
    }

    [Fact]
    public void A_file_with_as_many_new_lines_as_tombstones_are_kept_is_replaced_by_the_next_save()
    {
        var file = Open();
        file.Save(-1, [], 0);

        file.Save(file.Saved, [.. Enumerable.Range(0, 10_000).Select(number => Some($"{number}"))], 10_000);
        var isDue = file.Saved;
        file.Save(isDue, [Some("a")], 10_001);

        isDue.Should().Be(-1);
        file.Saved.Should().Be(10_001);
        Ids().Should().Equal("a");
    }

    [Fact]
    public void A_file_with_as_many_new_bytes_as_tombstones_have_is_replaced_by_the_next_save()
    {
        var file = Open();
        file.Save(-1, [], 0);
        var large = Some("a") with { Spec = new() { Pool = "p", Args = [new string('x', 9 * 1024 * 1024)] } };

        file.Save(file.Saved, [large], 1);
        file.Saved.Should().Be(1);
        file.Save(file.Saved, [large], 2);

        file.Saved.Should().Be(-1);
    }

    [Fact]
    public void A_damaged_line_is_skipped_and_a_copy_is_kept()
    {
        Open().Save(-1, [Some("a"), Some("b"), Some("c")], 3);
        var text = File.ReadAllText(Path);
        File.WriteAllText(Path, text.Replace("\"id\":\"b\"", "\"id\":\"x\""));

        Ids().Should().Equal("a", "c");

        _errors.Lines.Should().ContainSingle().Which.Should()
            .StartWith($"removed jobs {Path} damaged: 1 lines skipped (line 2: its checksum is wrong)");
        Directory.GetFiles(_folder.Path, "state.removed.damaged-*").Should().ContainSingle();
    }

    [Fact]
    public void A_last_line_that_a_crash_has_cut_off_is_no_damage()
    {
        Open().Save(-1, [Some("a"), Some("b")], 2);
        File.WriteAllText(Path, File.ReadAllText(Path)[..^20]);

        Ids().Should().Equal("a");

        _errors.Lines.Should().BeEmpty();
    }

    [Fact]
    public void A_live_job_and_a_line_of_another_kind_are_no_tombstones()
    {
        Open().Save(-1, [Some("a"), Some("live") with { Status = new() { State = JobState.Running } }], 2);
        File.AppendAllText(Path, "{\"gone\":\"a\"}\n");

        Ids().Should().Equal("a");
    }

    [Fact]
    public void A_folder_of_its_name_prevents_the_start()
    {
        _ = Directory.CreateDirectory(Path);
        StateFile.KindProblemOf(_folder.File("state")).Should().Contain("state.removed must be a regular file, and is a folder");

        Directory.Delete(Path);
        _ = Directory.CreateDirectory(Path + ".tmp");
        StateFile.KindProblemOf(_folder.File("state")).Should().Contain("state.removed.tmp must be a regular file");
    }

    [Fact]
    public void A_failed_save_leaves_the_file_as_it_was_and_the_jobs_for_the_next()
    {
        var flush = new FailingFlush();
        var file = Open(flush);
        file.Save(-1, [Some("a")], 1);
        var before = File.ReadAllText(Path);

        flush.IsFailing = true;
        file.Invoking(failing => failing.Save(1, [Some("b")], 2)).Should().Throw<IOException>();
        var (after, saved) = (File.ReadAllText(Path), file.Saved);
        file.Invoking(failing => failing.Save(-1, [Some("b")], 2)).Should().Throw<IOException>();
        (after, saved, File.ReadAllText(Path), file.Saved).Should().Be((before, 1, before, 1));

        flush.IsFailing = false;
        file.Save(file.Saved, [Some("b")], 2);
        Ids().Should().Equal("a", "b");
    }

    private static Job Some(string id, int epoch = 0) => new()
    {
        Id = id,
        Spec = new() { Pool = "p", Args = ["x"] },
        Status = new() { State = JobState.Done, Epoch = epoch, SubmitTs = 1 },
    };

    private TombstoneFile Open(DiskFlush? flush = null) => new(_folder.File("state"), TimeProvider.System, _log, flush);

    private IReadOnlyList<Job> Load() => Open().Load(NoOutputs.Store);

    private IEnumerable<string> Ids() => Load().Select(job => job.Id);

    private sealed class FailingFlush : DiskFlush
    {
        public bool IsFailing { get; set; }

        public override void Content(SafeFileHandle file)
        {
            if (IsFailing)
                throw new IOException("the disk fails");
        }
    }
}
