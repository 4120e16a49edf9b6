using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Submits by <c>sync</c> of clients of the original (docs/SPECIFICATION.md#submit-by-sync).</summary>
public sealed class UnassignedJobTests(SharedBox shared) : SharedBoxTests(shared)
{
    private const string Job =
        """{"pool":"p","args":["/bin/echo","hi"],"node":false,"submit_node":false,"state":"new","""
        + """ "submit_ts":5,"ts":5,"start_count":0,"fail_count":0,"tags":[null]}""";

    [Fact]
    public async Task It_is_answered_with_the_id_and_shown_by_seq_at_once()
    {
        var id = Some.Id();

        var answer = await Box.AskObjectAsync(Sync(id));

        answer.Texts("sync").Should().Equal(id);
        var job = answer.GetProperty("get").GetProperty(id);
        (job.Text("id"), job.Text("node"), job.Text("submit_node")).Should().Be((id, "n1", "n1"));
        (await Box.WaitForEndAsync(id)).Printed().Should().Be("hi\n");
    }

    [Fact]
    public async Task A_job_for_a_user_that_it_cannot_run_as_fails_in_words()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.True, uid = 4_294_960_000 % int.MaxValue });

        (job.Text("state"), job.Number("fail_count"), job.Number("start_count")).Should().Be(("failed", 1, 0));
        job.Text("error").Should().StartWith("cannot run as user ").And.Contain(
            Environment.IsPrivilegedProcess ? ": this node has no account with this number" : ": the box runs as ");
    }

    private static object Sync(string id) => new
    {
        sync = new Dictionary<string, JsonElement> { [id] = JsonElement.Parse(Job) },
        get = new { seq = 0 },
    };
}
