using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Cluster;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Output that the box keeps in files (docs/SPECIFICATION.md#kept-output).</summary>
[Collection(nameof(SmallTree))]
public sealed class KeptOutputTests(SmallTree tree)
{
    private const int Size = 100_000;

    private static readonly string[] Printing = Some.Shell($"head -c {Size} /dev/zero | tr '\\0' x");

    [Fact]
    public async Task The_file_goes_with_the_tombstone_of_its_job_at_the_next_start_at_the_latest()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "pools.p=", "state.expire=0.2"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            var id = (await box.SubmitAsync(new { pool = "p", args = Printing })).Text("id");
            _ = await box.WaitForAsync(() => box.JobAsync(id), job => job.ValueKind is System.Text.Json.JsonValueKind.False);
        }

        await using (await RunningBox.StartAsync(words))
            Directory.GetFiles(folder.File("state.runs")).Should().ContainSingle("a peer that comes back receives it with the end");

        File.Delete(folder.File("state.removed"));
        await using (await RunningBox.StartAsync(words))
            Directory.GetFiles(folder.File("state.runs")).Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_state_file_a_stopped_box_leaves_no_runner_and_nothing_in_the_folder_of_temporary_files()
    {
        using var folder = new TemporaryFolder();
        var start = new BoxStart("pools.p=") { Environment = new Dictionary<string, string> { ["TMPDIR"] = folder.Path } };
        int runner;
        await using (var box = await RunningBox.StartAsync(start))
        {
            (await box.RunAsync(new { pool = "p", args = Printing })).Printed().Length.Should().Be(Size);
            runner = int.Parse((await box.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID") })).Printed());
            Directory.GetFileSystemEntries(folder.Path, "meeseeks-box-*").Should().ContainSingle();
        }

        Directory.GetFileSystemEntries(folder.Path, "meeseeks-box-*").Should().BeEmpty();
        await Wait.Until(() => !Signal.IsAlive(runner), () => "the runner is left", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_head_has_the_output_of_its_node_in_a_file_too()
    {
        using var folder = new TemporaryFolder();
        await using var head = await RunningBox.StartAsync(
            "name=keeping", $"state.file={folder.File("state")}", Tree.Link("node1", tree.Node1.Port));
        await head.WaitForPoolAsync("p", "node1");

        var job = await head.RunAsync(new { pool = "p", args = Printing });

        job.Printed().Length.Should().Be(Size);
        new FileInfo(Directory.GetFiles(folder.File("state.runs")).Should().ContainSingle().Subject).Length.Should().Be(Size);
    }
}
