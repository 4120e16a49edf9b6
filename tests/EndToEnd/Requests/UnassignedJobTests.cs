using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Submits by <c>sync</c> of clients of the original (docs/SPECIFICATION.md#submit-by-sync).</summary>
public sealed class UnassignedJobTests
{
    private const string Job =
        """{"pool":"p1","args":["/bin/echo","hi"],"node":false,"submit_node":false,"state":"new","""
        + """ "submit_ts":5,"ts":5,"start_count":0,"fail_count":0,"tags":[null]}""";

    [Fact]
    public async Task It_is_answered_with_the_id_and_shown_by_seq_at_once()
    {
        await using var box = await RunningBox.StartAsync("name=node1", "pools.p1.slots=1");

        var answer = await box.AskObjectAsync(Sync("a"));

        answer.Texts("sync").Should().Equal("a");
        var job = answer.GetProperty("get").GetProperty("a");
        (job.Text("id"), job.Text("node"), job.Text("submit_node"), job.Flag("active")).Should().Be(("a", "node1", "node1", true));
        (await box.WaitForEndAsync("a")).Printed().Should().Be("hi\n");
    }

    [Fact]
    public async Task It_survives_a_kill_of_the_box_right_after_the_answer()
    {
        using var folder = new MeeseeksBox.Testing.TemporaryFolder();
        await using (var box = await RunningBox.StartAsync(
            "name=node1", "pools.p1.hold=1", $"state.file={folder.File("state")}", "state.checkpoint=600"))
        {
            _ = await box.AskObjectAsync(Sync("a"));
            await box.CrashAsync();
        }

        await using var next = await RunningBox.StartAsync("name=node1", $"state.file={folder.File("state")}", "pools.p1.slots=1");

        (await next.WaitForEndAsync("a")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task Role_read_cannot_submit_by_sync()
    {
        await using var box = await RunningBox.StartAsync("name=node1", "pools.p1.slots=1", """listen.allow={"*":"read"}""");

        var answer = await box.AskObjectAsync(Sync("a"));

        answer.Text("code").Should().Be("forbidden");
        (await box.AskAsync("ls", new { })).GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_job_for_another_user_fails_with_both_names()
    {
        await using var box = await RunningBox.StartAsync("name=node1", "pools.p1.slots=1");

        _ = await box.SubmitAsync(new { id = "a", pool = "p1", args = Some.True, uid = 4_294_960_000 % int.MaxValue });

        var job = await box.WaitForEndAsync("a");
        (job.Text("state"), job.Number("fail_count"), job.Number("start_count")).Should().Be(("failed", 1, 0));
        job.Text("error").Should().StartWith("cannot run as user ").And.Contain(": the box runs as ");
    }

    private static object Sync(string id) => new
    {
        sync = new Dictionary<string, JsonElement> { [id] = JsonElement.Parse(Job) },
        get = new { seq = 0 },
    };
}
