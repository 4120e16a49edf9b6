using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>Query, get, ls, kill, modify, and filters (docs/SPECIFICATION.md#job-queries).</summary>
public sealed class JobRequestTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task Query_and_job_answer_the_job_or_false()
    {
        var id = (await WaitingAsync()).Text("id");

        var answer = await Box.AskLineAsync($$"""[{"query":"{{id}}"},{"job":"{{id}}"},{"query":"nosuch"},{"job":"nosuch"}]""");

        answer[0].GetProperty("query").Text("id").Should().Be(id);
        answer[1].GetProperty("job").Text("id").Should().Be(id);
        answer[2].ToString().Should().Be("""{"query":false}""");
        answer[3].ToString().Should().Be("""{"job":false}""");
    }

    [Fact]
    public async Task Only_new_leaves_a_known_job_as_it_is_and_answers_it()
    {
        var id = (await WaitingAsync("first")).Text("id");
        var spec = $$"""{"id":"{{id}}","pool":"nowhere","args":["other"],"tags":["second"]}""";

        var kept = await Box.AskLineAsync($$$"""[{"submit":{{{spec}}},"options":{"only_new":true}}]""");
        var changed = await Box.AskLineAsync($$$"""[{"submit":{{{spec}}},"options":{"only_new":false}}]""");

        kept[0].Keys().Should().Equal("submit");
        kept[0].GetProperty("submit").GetProperty(id).GetProperty("tags").ToString().Should().Be("""["first"]""");
        changed[0].GetProperty("submit").GetProperty(id).GetProperty("tags").ToString().Should().Be("""["second"]""");
    }

    [Fact]
    public async Task Get_takes_an_id_a_list_of_ids_or_a_filter()
    {
        var tag = Some.Id();
        var a = (await WaitingAsync(tag)).Text("id");
        var b = (await WaitingAsync(tag)).Text("id");

        (await Box.AskAsync("get", a)).Keys().Should().Equal(a);
        (await Box.AskAsync("get", new[] { b, "nosuch", a })).Keys().Should().Equal(b, a);
        (await Box.AskAsync("get", new { ids = new[] { a, "nosuch" } })).Keys().Should().Equal(a);
        (await Box.AskAsync("get", new { tag })).Keys().Should().BeEquivalentTo(a, b);
        (await Box.AskAsync("ls", new { tag })).ToString().Should().Be($$"""["{{a}}","{{b}}"]""");
        (await Box.AskAsync("get", new { tag, ids = new[] { a } })).Keys().Should().Equal(a);
    }

    [Fact]
    public async Task Ls_and_get_without_a_filter_return_every_job()
    {
        var id = (await WaitingAsync()).Text("id");

        var ids = await Box.AskAsync("ls", new { });
        var jobs = await Box.AskAsync("get", new { });

        ids.EnumerateArray().Select(one => one.GetString()).Should().Contain(id);
        jobs.Keys().Should().Contain(id);
    }

    [Theory]
    [InlineData("""{"state":"new"}""", true)]
    [InlineData("""{"state":["done","new"]}""", true)]
    [InlineData("""{"state":"done"}""", false)]
    [InlineData("""{"state":"n*"}""", true)]
    [InlineData("""{"pool":"no*"}""", true)]
    [InlineData("""{"pool":"now"}""", false)]
    [InlineData("""{"hold":true}""", true)]
    [InlineData("""{"hold":1}""", true)]
    [InlineData("""{"hold":"1"}""", true)]
    [InlineData("""{"hold":0}""", false)]
    [InlineData("""{"active":false}""", true)]
    [InlineData("""{"active":0}""", true)]
    [InlineData("""{"active":"0"}""", true)]
    [InlineData("""{"start_count":0}""", true)]
    [InlineData("""{"start_count":"0"}""", true)]
    [InlineData("""{"retries":"3"}""", true)]
    [InlineData("""{"node":false}""", true)]
    [InlineData("""{"node":"n1"}""", false)]
    [InlineData("""{"ts":0}""", true)]
    [InlineData("""{"ts":99999999999}""", false)]
    [InlineData("""{"state":"new","hold":true,"tag":"second"}""", true)]
    [InlineData("""{"state":"new","hold":false}""", false)]
    [InlineData("""{"tag":"sec*"}""", true)]
    [InlineData("""{"tag":"third"}""", false)]
    [InlineData("""{"unheard_of":1}""", false)]
    public async Task All_conditions_of_a_filter_must_hold_and_values_match_loosely(string filter, bool matches)
    {
        var tag = Some.Id();
        var id = (await Box.SubmitAsync(
            new { pool = "nowhere", args = Some.True, hold = true, retries = 3, tags = new[] { tag, "second" } })).Text("id");

        var found = (await Box.AskLineAsync($$"""[{"ls":{"ids":["{{id}}"],{{filter[1..]}}}]"""))[0].GetProperty("ls").GetArrayLength();

        found.Should().Be(matches ? 1 : 0);
    }

    [Fact]
    public async Task Seq_selects_newer_jobs_that_have_a_node()
    {
        var first = await HeldAsync();
        var second = await HeldAsync();
        var unassigned = await WaitingAsync();

        var newer = (await Box.AskAsync("get", new { seq = first.Number("seq") })).Keys();
        var all = (await Box.AskAsync("get", new { seq = 0 })).Keys();

        newer.Should().Contain(second.Text("id")).And.NotContain(first.Text("id")).And.NotContain(unassigned.Text("id"));
        all.Should().Contain(first.Text("id")).And.NotContain(unassigned.Text("id"));
        second.Number("seq").Should().BeGreaterThan(first.Number("seq")!.Value);
    }

    [Fact]
    public async Task Every_change_moves_a_job_up_in_seq_and_in_ts()
    {
        var before = await HeldAsync();

        var after = await Box.SubmitAsync(new { id = before.Text("id"), tags = new[] { "x" } });

        after.Number("seq").Should().BeGreaterThan(before.Number("seq")!.Value);
        after.Number("ts").Should().BeGreaterThan(before.Number("ts")!.Value);
        (await Box.AskAsync("ls", new { ts = before.Number("ts"), ids = new[] { before.Text("id") } })).GetArrayLength().Should().Be(1);
        (await Box.AskAsync("ls", new { ts = after.Number("ts"), ids = new[] { before.Text("id") } })).GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Kill_takes_an_id_a_list_of_ids_or_a_filter()
    {
        var tag = Some.Id();
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add((await WaitingAsync(tag)).Text("id"));

        var one = await Box.AskAsync("kill", ids[0]);
        var list = await Box.AskAsync("kill", new[] { ids[1], "nosuch" });
        var filter = await Box.AskAsync("kill", new { tag, state = "new" });
        var none = await Box.AskAsync("kill", "nosuch");

        one.Text("state").Should().Be("killed");
        list.GetProperty(ids[1]).Text("state").Should().Be("killed");
        list.GetProperty("nosuch").ToString().Should().Be("False");
        filter.Keys().Should().BeEquivalentTo(ids[2], ids[3]);
        none.ToString().Should().Be("False");
    }

    [Theory]
    [InlineData("""{"error":null}""")]
    [InlineData("""{"error":[null],"rc":null}""")]
    [InlineData("""{"colour":null}""")]
    public async Task A_filter_that_demands_no_value_kills_nothing(string filter)
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1 });

        var killed = await Box.AskAsync("kill", JsonElement.Parse(filter));
        var mixed = await Box.AskAsync("kill", JsonElement.Parse($$"""{"id":"{{id}}","error":null}"""));

        killed.EnumerateObject().Should().BeEmpty();
        mixed.EnumerateObject().Should().ContainSingle();
    }

    [Fact]
    public async Task An_empty_filter_kills_nothing()
    {
        var job = await WaitingAsync();

        var object_ = await Box.AskAsync("kill", new { });
        var list = await Box.AskAsync("kill", Array.Empty<string>());

        object_.ToString().Should().Be("{}");
        list.ToString().Should().Be("{}");
        (await Box.JobAsync(job.Text("id"))).Text("state").Should().Be("new");
    }

    [Fact]
    public async Task Modify_sets_anything_for_repair_by_hand()
    {
        var id = (await WaitingAsync()).Text("id");

        var changed = await Box.AskAsync("modify", new Dictionary<string, object>
        {
            [id] = new { state = "done", rc = 9, note = new { by = "hand" } },
            ["nosuch"] = new { state = "done" },
        });

        changed.GetProperty(id).Text("state").Should().Be("done");
        changed.GetProperty(id).Number("rc").Should().Be(9);
        changed.GetProperty(id).GetProperty("note").Text("by").Should().Be("hand");
        changed.GetProperty("nosuch").ToString().Should().Be("False");
        (await Box.AskAsync("ls", new { rc = 9, ids = new[] { id } })).GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Modify_rejects_invalid_values()
    {
        var before = await WaitingAsync();

        var answer = await Box.AskObjectAsync(
            new { modify = new Dictionary<string, object> { [before.Text("id")] = new { state = "asleep" } } });

        answer.Text("error").Should().Contain("state").And.Contain("asleep");
        (await Box.JobAsync(before.Text("id"))).ToString().Should().Be(before.ToString());
    }

    [Fact]
    public async Task Answers_have_the_normal_form_of_loose_values()
    {
        var answer = await Box.AskLineAsync(
            """[{"submit":{"pool":"nowhere","args":["x",1],"hold":"1","restart":0,"retries":"2","""
            + """ "runtime":"1.5","resubmit":1,"tags":"t"}}]""");

        var job = answer[0].GetProperty("submit").EnumerateObject().Single().Value;

        string[] keys = ["args", "hold", "restart", "retries", "runtime", "resubmit", "tags"];
        keys.Select(key => job.GetProperty(key).GetRawText())
            .Should().Equal("[\"x\",\"1\"]", "true", "false", "2", "1.5", "true", "[\"t\"]");
    }

    private Task<JsonElement> WaitingAsync(string? tag = null) =>
        Box.SubmitAsync(new { pool = "nowhere", args = Some.True, tags = new[] { tag } });

    private Task<JsonElement> HeldAsync() => Box.SubmitAsync(new { pool = "p", node = "n1", args = Some.True, hold = true });
}
