using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.State;

/// <summary>After a stop and a start (docs/SPECIFICATION.md#state-file).</summary>
public sealed class RestartTests(RestartedBox restarted) : IClassFixture<RestartedBox>
{
    private RunningBox Again => restarted.Again;

    [Fact]
    public async Task Jobs_are_all_in_the_file_after_the_stop_and_go_on_after_the_start()
    {
        var queued = await Again.WaitForEndAsync("queued");
        var unassigned = await Again.WaitForEndAsync("unassigned");

        restarted.Files.Should().NotContain(name => name.Contains("journal"));
        restarted.Saved.Keys().Should().BeEquivalentTo("queued", "unassigned", "held", "done", "large", "retried");
        queued.Text("state").Should().Be("done");
        queued.Printed().Should().Be("x\n");
        queued.Texts("tags").Should().Equal("t");
        unassigned.Text("state").Should().Be("done");
        (await Again.JobAsync("held")).Text("state").Should().Be("new");
        (await Again.JobAsync("done")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task The_file_of_a_stopped_box_lets_an_original_node_count_its_changes_from_1()
    {
        var next = await Again.RunAsync(new { pool = "p", args = Some.True });

        restarted.Saved.EnumerateObject().Should().OnlyContain(job => job.Value.GetProperty("seq").GetInt64() == 0);
        restarted.Loaded.Keys().Should().BeEquivalentTo(restarted.Saved.Keys().Except(["held"]), "a job without a node does not spread");
        next.Number("seq").Should().BeGreaterThan(restarted.Loaded.EnumerateObject().Max(job => job.Value.Number("seq")!.Value));
    }

    // StopTests has the job as it is in the file.
    [Fact]
    public async Task A_job_with_retries_that_the_stop_killed_runs_again_after_the_start()
    {
        var job = await Again.WaitForEndAsync("retried");

        (job.Text("state"), job.Number("start_count")).Should().Be(("done", 2));
    }

    [Fact]
    public async Task A_large_output_is_in_a_file_beside_the_state_and_survives_a_restart()
    {
        var saved = restarted.Saved.GetProperty("large");

        saved.Find("stdout_file").Should().NotBeNull();
        saved.Find("stdout_data").Should().BeNull();
        restarted.Outputs.Should().Be(1);
        (await Again.JobAsync("large")).Printed().Length.Should().Be(RestartedBox.Size);
    }

    [Fact]
    public async Task A_restart_of_the_box_repeats_no_end_in_the_history()
    {
        _ = await Again.WaitForEndAsync("queued");
        var lines = await Again.WaitForFileAsync(restarted.History, text => text.EndsWith('\n') && text.Contains("{\"queued\":"));

        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).Keys().Single())
            .Should().ContainSingle(id => id == "done");
    }

    [Fact]
    public async Task A_folder_with_a_long_path_holds_the_socket_of_the_runner() =>
        (await Again.RunAsync(new { pool = "p", args = Some.Shell("echo hello") })).Printed().Should().Be("hello\n");

    [Fact]
    public async Task Two_boxes_do_not_share_a_state_file()
    {
        var second = await BoxProgram.RunAsync("listen.port=0", $"state.file={restarted.File}");

        second.ExitStatus.Should().Be(1);
        second.Errors.Should().Be(
            $"state.file: cannot lock {restarted.File}.lock: another process uses it; "
                + "each meeseeks-box needs a state file of its own, in a folder that it may write\n");
        (await Again.JobAsync("held")).Text("id").Should().Be("held");
    }
}
