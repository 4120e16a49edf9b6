using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>Failures of the folder of the state (docs/OPERATIONS.md#what-the-log-says).</summary>
public sealed class StateFolderTests
{
    [Fact]
    public async Task A_box_does_not_start_with_a_state_that_it_could_not_save()
    {
        using var disk = new SmallDisk();
        disk.MakeReadOnly();

        var (status, _, errors) = await BoxProgram.RunAsync("listen.port=0", $"state.file={disk.File("state")}");

        status.Should().Be(1);
        errors.Should().Be(
            $"state.file: {disk.File("state")} cannot be written: its folder {Path.GetDirectoryName(disk.File("state"))}: "
                + "read-only file system; name another file\n");
    }

    [Fact]
    public async Task A_box_that_cannot_read_its_journal_does_not_start_and_changes_no_file()
    {
        using var folder = new TemporaryFolder();
        const string Saved = """{"a":{"id":"a","pool":"p","state":"new"}}""";
        var state = folder.Write("state", Saved);
        // The memory of a process can be opened, and its first byte cannot be read.
        _ = File.CreateSymbolicLink(state + ".journal", "/proc/self/mem");

        var (status, _, errors) = await BoxProgram.RunAsync("listen.port=0", $"state.file={state}");

        status.Should().Be(1);
        errors.Should().Contain("state.journal");
        (await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken)).Should().Be(Saved);
        new FileInfo(state + ".journal").LinkTarget.Should().NotBeNull();
    }

    [Fact]
    public async Task A_folder_that_disappears_for_a_time_loses_no_acknowledged_change()
    {
        using var folder = new TemporaryFolder();
        var (place, away) = (folder.Folder("place"), folder.File("away"));
        var state = Path.Combine(place, "state");
        string[] words = [$"state.file={state}", "state.checkpoint=0.05", "state.expire=600", "pools.p.slots=0"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            _ = await box.SubmitAsync(new { id = "before", pool = "nowhere", args = Some.True });

            // In the middle of a checkpoint, the open journal moves with its folder, and writes to it do not fail.
            _ = await box.WaitForAsync(() => Task.FromResult(IsSaved()), saved => saved);
            Directory.Move(place, away);
            using var other = await box.ConnectAsync();
            await other.SendAsync("""{"submit":{"id":"meanwhile","pool":"nowhere","args":["x"]}}""" + "\n");
            await box.WaitForLogAsync("journal write failed, submits rejected, retry every 1 s: " + Path.Combine(place, "state.journal"));
            var refused = await box.WaitForAsync(
                () => box.AskObjectAsync(new { submit = new { pool = "nowhere", args = Some.True } }),
                answer => answer.Find("error") is not null);
            Directory.Move(away, place);
            (await other.ReadLineAsync()).Should().BeNull();
            await box.WaitForLogAsync("journal writable again");
            (await box.RunAsync(new { id = "after", pool = "p", args = Some.True })).Text("state").Should().Be("done");
            await box.CrashAsync();
            refused.Text("error").Should().Contain("the state cannot be saved");
        }

        await using var again = await RunningBox.StartAsync(words);

        (await again.AskAsync("ls", new { })).EnumerateArray().Select(id => id.GetString())
            .Should().Contain(["before", "meanwhile", "after"]);

        bool IsSaved() => File.Exists(state) && File.ReadAllText(state).Contains("before") && !File.Exists(state + ".journal.old");
    }
}
