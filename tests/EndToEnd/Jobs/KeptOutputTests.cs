using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Cluster;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Output that the box keeps in files (docs/SPECIFICATION.md#kept-output).</summary>
public sealed class KeptOutputTests
{
    private const int Size = 100_000;

    private static readonly string[] Printing = Some.Shell($"head -c {Size} /dev/zero | tr '\\0' x");

    [Fact]
    public async Task A_large_output_is_in_a_file_beside_the_state_and_survives_a_restart()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "pools.p="];
        string id;
        await using (var box = await RunningBox.StartAsync(words))
        {
            var job = await box.RunAsync(new { pool = "p", args = Printing });
            id = job.Text("id");
            job.Printed().Length.Should().Be(Size);
        }

        var state = File.ReadAllText(folder.File("state"));
        await using var again = await RunningBox.StartAsync(words);

        state.Should().Contain("stdout_file").And.NotContain("stdout_data\":\"");
        Directory.GetFiles(folder.File("state.runs")).Should().ContainSingle();
        (await again.JobAsync(id)).Printed().Length.Should().Be(Size);
    }

    [Fact]
    public async Task The_file_goes_with_its_job_at_the_next_start_at_the_latest()
    {
        using var folder = new TemporaryFolder();
        string[] words = [$"state.file={folder.File("state")}", "pools.p=", "state.expire=0.2"];
        await using (var box = await RunningBox.StartAsync(words))
        {
            var id = (await box.SubmitAsync(new { pool = "p", args = Printing })).Text("id");
            _ = await box.WaitForAsync(() => box.JobAsync(id), job => job.ValueKind is System.Text.Json.JsonValueKind.False);
        }

        await using var again = await RunningBox.StartAsync(words);

        Directory.GetFiles(folder.File("state.runs")).Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_state_file_nothing_is_left_in_the_folder_of_temporary_files()
    {
        using var folder = new TemporaryFolder();
        var start = new BoxStart("pools.p=") { Environment = new Dictionary<string, string> { ["TMPDIR"] = folder.Path } };
        await using (var box = await RunningBox.StartAsync(start))
        {
            (await box.RunAsync(new { pool = "p", args = Printing })).Printed().Length.Should().Be(Size);
            Directory.GetFileSystemEntries(folder.Path, "meeseeks-box-*").Should().ContainSingle();
        }

        Directory.GetFileSystemEntries(folder.Path, "meeseeks-box-*").Should().BeEmpty();
    }

    [Fact]
    public async Task A_head_has_the_output_of_its_node_in_a_file_too()
    {
        using var folder = new TemporaryFolder();
        await using var tree = new Tree();
        var node = await tree.StartAsync("node", "pools.p=");
        var head = await tree.StartAsync("head", $"state.file={folder.File("state")}", Tree.Link("node", node.Port));
        await head.WaitForPoolAsync("p", "node");

        var job = await head.RunAsync(new { pool = "p", args = Printing });

        job.Printed().Length.Should().Be(Size);
        new FileInfo(Directory.GetFiles(folder.File("state.runs")).Should().ContainSingle().Subject).Length.Should().Be(Size);
    }

    [Fact]
    public async Task A_folder_with_a_long_path_holds_the_socket_of_the_runner()
    {
        using var folder = new TemporaryFolder();
        var deep = Directory.CreateDirectory(folder.File(new string('d', 150))).FullName;
        await using var box = await RunningBox.StartAsync($"state.file={deep}/state", "pools.p=");

        (await box.RunAsync(new { pool = "p", args = Some.Shell("echo hello") })).Printed().Should().Be("hello\n");
    }
}
