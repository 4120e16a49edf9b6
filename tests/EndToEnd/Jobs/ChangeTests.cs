using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>New and changed jobs (docs/SPECIFICATION.md#submit).</summary>
public sealed class ChangeTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task A_held_job_waits_until_it_is_released()
    {
        var held = await Box.SubmitAsync(new { pool = "p", node = "n1", args = Some.True, hold = "1" });
        _ = await Box.RunAsync(new { pool = "p", args = Some.True });

        var waiting = await Box.JobAsync(held.Text("id"));
        var released = await Box.SubmitAsync(new { id = held.Text("id"), hold = 0 });
        var job = await Box.WaitForEndAsync(held.Text("id"));

        held.Flag("hold").Should().BeTrue();
        held.Flag("active").Should().BeTrue();
        waiting.Text("state").Should().Be("new");
        released.Find("hold").ToString().Should().Be("False");
        job.Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_held_job_for_no_node_gets_one_when_it_is_released()
    {
        var held = await Box.SubmitAsync(new { pool = "p", args = Some.True, hold = true });

        _ = await Box.SubmitAsync(new { id = held.Text("id"), hold = false });
        var job = await Box.WaitForEndAsync(held.Text("id"));

        held.GetProperty("node").ToString().Should().Be("False");
        held.Flag("active").Should().BeFalse();
        job.Text("node").Should().Be("n1");
        job.Text("state").Should().Be("done");
    }

    [Theory]
    [InlineData("""{"args":["/bin/true"]}""", "pool")]
    [InlineData("""{"pool":"","args":["/bin/true"]}""", "pool")]
    [InlineData("""{"pool":"p"}""", "args")]
    [InlineData("""{"pool":"p","args":[]}""", "args")]
    [InlineData("""{"pool":"p","args":[""]}""", "args[0]")]
    [InlineData("""{"pool":"p","args":[{"a":1}]}""", "args")]
    [InlineData("""{"pool":"p","args":{"a":1}}""", "args")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"retries":"many"}""", "retries: 'many' is not a whole number")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"runtime":-1}""", "runtime")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"hold":"maybe"}""", "hold")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"env":[1]}""", "env")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"config":"x"}""", "config")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"node":{"a":1}}""", "node")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"node":"zz*"}""", "zz*")]
    [InlineData("""{"pool":"p","args":["/bin/true"],"state":"asleep"}""", "state")]
    [InlineData("""{"pool":["p"],"args":["/bin/true"]}""", "pool")]
    public async Task A_bad_spec_is_rejected_with_the_reason_and_creates_no_job(string spec, string why)
    {
        var id = Some.Id();

        var answer = (await Box.AskLineAsync($$"""[{"submit":{"id":"{{id}}",{{spec[1..]}}}]"""))[0];

        answer.GetProperty("submit").ToString().Should().Be($$"""{"{{id}}":false}""");
        answer.Text("error").Should().Contain(why);
        (await Box.JobAsync(id)).ToString().Should().Be("False");
    }

    [Fact]
    public async Task Unknown_keys_are_ignored_and_named_in_the_warnings()
    {
        var answer = await Box.AskObjectAsync(new { submit = new { pool = "p", args = Some.True, retrys = 3 } });

        answer.Texts("warnings").Should().ContainSingle().Which.Should().Contain("retrys").And.Contain("retries");
        answer.Keys().Should().Equal("submit", "warnings");
    }

    [Fact]
    public async Task A_job_without_an_id_gets_one_that_sorts_by_time()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await Box.SubmitAsync(new { pool = "p", args = Some.True })).Text("id"));

        ids.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
        ids.Should().OnlyContain(id => Guid.Parse(id).Version == 7);
    }

    [Fact]
    public async Task A_single_tag_is_a_list_of_one_and_no_tags_are_an_empty_list()
    {
        var one = await Box.SubmitAsync(new { pool = "p", args = Some.True, tag = "x" });
        var none = await Box.SubmitAsync(new { pool = "p", args = Some.True });
        var old = await Box.SubmitAsync(new { pool = "p", args = Some.True, tags = new string?[] { null } });

        one.Texts("tags").Should().Equal("x");
        none.GetProperty("tags").ToString().Should().Be("[]");
        old.GetProperty("tags").ToString().Should().Be("[]");
    }

    [Fact]
    public async Task The_state_of_a_new_job_is_new_whatever_the_spec()
    {
        var job = await Box.SubmitAsync(new { pool = "p", args = Some.True, state = "done", hold = true });

        job.Text("state").Should().Be("new");
    }

    [Fact]
    public async Task An_ended_job_can_only_be_set_to_new_and_is_reset()
    {
        var ended = await Box.RunAsync(new { pool = "p", args = Some.Shell("echo x; exit 2") });
        var id = ended.Text("id");

        var refused = await Box.AskObjectAsync(new { submit = new { id, state = "done" } });
        var again = await Box.SubmitAsync(new { id, state = "new", hold = true });

        refused.Texts("warnings").Should().ContainSingle().Which.Should().Contain("state");
        refused.GetProperty("submit").GetProperty(id).Text("state").Should().Be("failed");
        again.Text("state").Should().Be("new");
        again.Number("fail_count").Should().Be(0);
        new[] { "rc", "error", "stdout_data", "stderr_data", "start_ts", "end_ts" }.Where(key => again.Find(key) is not null)
            .Should().BeEmpty();
        _ = await Box.SubmitAsync(new { id, hold = false, args = Some.True });
        (await Box.WaitForJobAsync(id, job => job.Text("state") is "done")).Number("start_count").Should().Be(2);
    }

    [Fact]
    public async Task A_live_job_can_be_killed_by_its_state_and_keeps_its_node_and_pool()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        _ = await Box.WaitForStartAsync(id);

        var refused = await Box.AskObjectAsync(
            new { submit = new { id, node = "n2", pool = "one", state = "new", tags = new[] { "changed" } } });
        _ = await Box.SubmitAsync(new { id, state = "killed" });
        var job = await Box.WaitForEndAsync(id);

        refused.Texts("warnings").Should().HaveCount(3);
        job.Text("state").Should().Be("killed");
        job.Text("node").Should().Be("n1");
        job.Text("pool").Should().Be("p");
        job.Texts("tags").Should().Equal("changed");
    }

    [Fact]
    public async Task A_bad_change_is_rejected_whole()
    {
        var before = await Box.SubmitAsync(new { pool = "p", args = Some.True, hold = true });

        var answer = await Box.AskObjectAsync(new { submit = new { id = before.Text("id"), hold = false, retries = "x" } });

        answer.Text("error").Should().Contain("retries");
        (await Box.JobAsync(before.Text("id"))).ToString().Should().Be(before.ToString());
    }

    [Fact]
    public async Task A_pattern_makes_a_job_on_each_matching_node_that_has_the_pool()
    {
        var id = Some.Id();

        var all = await Box.AskAsync("submit", new { id, pool = "p", args = Some.True, node = "*" });
        var none = await Box.AskObjectAsync(new { submit = new { pool = "nowhere", args = Some.True, node = "n*" } });

        all.Keys().Should().Equal(id);
        all.GetProperty(id).Text("node").Should().Be("n1");
        none.Text("error").Should().Contain("n*").And.Contain("nowhere");
    }

    [Fact]
    public async Task A_list_of_nodes_makes_a_job_on_each_known_or_not()
    {
        var id = Some.Id();

        var jobs = await Box.AskAsync("submit", new { id, pool = "p", args = Some.True, node = new[] { "n1", "far" } });

        jobs.Keys().Should().Equal($"{id}.n1", $"{id}.far");
        jobs.GetProperty($"{id}.far").Text("node").Should().Be("far");
        (await Box.WaitForEndAsync($"{id}.n1")).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_job_for_a_node_that_is_not_known_waits_for_it()
    {
        var job = await Box.SubmitAsync(new { pool = "p", args = Some.True, node = "elsewhere" });

        job.Text("state").Should().Be("new");
        job.Text("node").Should().Be("elsewhere");
        job.Text("submit_node").Should().Be("elsewhere");
        job.Flag("active").Should().BeFalse();
    }

    [Fact]
    public async Task A_job_for_a_pool_that_no_node_has_waits_unassigned()
    {
        var job = await Box.SubmitAsync(new { pool = "nowhere", args = Some.True });

        job.GetProperty("node").ToString().Should().Be("False");
        job.Text("state").Should().Be("new");
        job.Flag("active").Should().BeFalse();
    }
}
