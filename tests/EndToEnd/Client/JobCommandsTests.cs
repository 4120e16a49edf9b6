using System.Diagnostics;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The commands that select jobs by words (docs/SPECIFICATION.md#job-words).</summary>
public sealed class JobCommandsTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Theory]
    [InlineData("job")]
    [InlineData("get")]
    public async Task Jobs_are_printed_by_id_as_json(string command)
    {
        var (one, two) = (await HeldAsync(), await HeldAsync());

        var run = await Box.ClientAsync(command, one, two);

        run.Status.Should().Be(0);
        run.Json.Keys().Should().Equal(new[] { one, two }.Order(StringComparer.Ordinal));
        run.Json.Find(one)!.Value.Keys().Should().BeInAscendingOrder(StringComparer.Ordinal).And.Contain(["seq", "ts", "submit_ts"]);
    }

    [Fact]
    public async Task Without_words_all_jobs_are_selected()
    {
        var id = await HeldAsync();

        (await Box.ClientAsync("job")).Json.Keys().Should().Contain(id);
        (await Box.ClientAsync("ls", "quiet=1")).Lines.Should().Contain(id);
    }

    [Fact]
    public async Task Ids_are_a_json_list_for_scripts_and_one_a_line_when_quiet()
    {
        var tag = Some.Id();
        var (one, two) = (await HeldAsync(tag), await HeldAsync(tag));

        (await Box.ClientAsync("ls", $"tag={tag}")).Output.Should().Be($"[\n    \"{one}\",\n    \"{two}\"\n]\n");
        (await Box.ClientAsync("ls", $"tag={tag}", "state=done")).Output.Should().Be("[]\n");
        (await Box.ClientAsync("ls", "quiet=1", $"tag={tag}")).Output.Should().Be($"{one}\n{two}\n");
    }

    [Fact]
    public async Task Ids_are_one_a_line_on_a_terminal()
    {
        var tag = Some.Id();
        var (one, two) = (await HeldAsync(tag), await HeldAsync(tag));

        (await Box.ClientOnTerminalAsync("ls", $"tag={tag}")).Should().EndWith($"{one}\r\n{two}\r\n").And.NotContain("[\r");
    }

    [Fact]
    public async Task With_refresh_jobs_are_printed_at_each_change_until_all_have_ended()
    {
        var tag = Some.Id();
        var (one, two) = (await HeldAsync(tag), await HeldAsync(tag));
        using var client = Box.StartClient("refresh=0.05", "job", $"tag={tag}");
        var first = await ReadObjectAsync(client);

        await Box.AskAsync("kill", one);
        var second = await ReadObjectAsync(client);
        await Box.AskAsync("kill", two);
        var rest = await ClientProgram.EndAsync(client);

        first.Keys().Should().Equal(one, two);
        second.Find(one)!.Value.Text("state").Should().Be("killed");
        second.Keys().Should().Equal(one);
        rest.Status.Should().Be(0);
        Recorded.RecordedOutput.Values(rest.Output)[^1].Find(two)!.Value.Text("state").Should().Be("killed");
    }

    [Fact]
    public async Task With_refresh_a_submitted_job_is_printed_at_each_change_until_it_has_ended()
    {
        var id = Some.Id();
        using var client = Box.StartClient("refresh=0.05", "sub", $"id={id}", "p", "/bin/sleep", "1000");
        var first = await ReadObjectAsync(client);
        await Box.WaitForStartAsync(id);

        await Box.AskAsync("kill", id);
        var rest = await ClientProgram.EndAsync(client);

        first.Keys().Should().Equal(id);
        rest.Status.Should().Be(0);
        Recorded.RecordedOutput.Values(rest.Output)[^1].Find(id)!.Value.Text("state").Should().Be("killed");
    }

    [Fact]
    public async Task A_job_must_match_all_conditions()
    {
        var tag = Some.Id();
        var id = await HeldAsync(tag);
        await HeldAsync();

        (await Box.ClientAsync("ls", "quiet=1", $"tag={tag}", "pool=p", "state=new", "hold=1")).Output.Should().Be(id + "\n");
        (await Box.ClientAsync("ls", "quiet=1", $"tag={tag}", "state=done,failed")).Output.Should().BeEmpty();
        (await Box.ClientAsync("ls", "quiet=1", $"tag={tag}", "state=done,new")).Output.Should().Be(id + "\n");
        (await Box.ClientAsync("ls", "quiet=1", $"tag={tag[..^1]}*", id)).Output.Should().Be(id + "\n");
        (await Box.ClientAsync("ls", "quiet=1", $"{id}*", $"tag={tag}")).Output.Should().Be(id + "\n");
    }

    [Theory]
    [InlineData("job")]
    [InlineData("ls")]
    [InlineData("del")]
    [InlineData("mod", "retries=1")]
    [InlineData("hold")]
    [InlineData("wait")]
    [InlineData("out")]
    public async Task An_unknown_id_is_one_line_and_exit_status_1(string command, params string[] more)
    {
        var run = await Box.ClientAsync([command, "nosuch", .. more]);

        run.Status.Should().Be(1);
        run.Errors.Should().Be("meeseeks-client: there is no job 'nosuch'; it may have ended and expired\n");
    }

    [Theory]
    [InlineData("del")]
    [InlineData("kill")]
    public async Task Jobs_are_killed_by_id(string command)
    {
        var (one, two) = (await HeldAsync(), await HeldAsync());

        var run = await Box.ClientAsync(command, one, two);

        run.Status.Should().Be(0);
        run.Json.EnumerateObject().Select(job => job.Value.Text("state")).Should().Equal("killed", "killed");
    }

    [Fact]
    public async Task Jobs_are_killed_by_conditions_but_not_without_a_selection()
    {
        var tag = Some.Id();
        var id = await HeldAsync(tag);

        var all = await Box.ClientAsync("del");
        var mine = await Box.ClientAsync("del", $"tag={tag}");

        all.Status.Should().Be(2);
        all.Output.Should().Be("{}\n");
        mine.Json.Find(id)!.Value.Text("state").Should().Be("killed");
    }

    [Theory]
    [InlineData("mod")]
    [InlineData("set")]
    public async Task Mod_sets_keys_by_id_and_prints_the_changed_jobs(string command)
    {
        var id = await HeldAsync();

        var run = await Box.ClientAsync(command, id, "retries=3", "tag=x,y");

        run.Status.Should().Be(0);
        run.Json.Find(id)!.Value.Number("retries").Should().Be(3);
        run.Json.Find(id)!.Value.Texts("tags").Should().Equal("x", "y");
    }

    [Fact]
    public async Task A_colon_separates_conditions_from_changes()
    {
        var tag = Some.Id();
        var id = await HeldAsync(tag);

        var run = await Box.ClientAsync("mod", $"tag={tag}", "state=new", ":", "runtime=9", "stdout=");

        run.Json.Keys().Should().Equal(id);
        run.Json.Find(id)!.Value.Number("runtime").Should().Be(9);
    }

    [Fact]
    public async Task An_ended_job_with_state_new_runs_again()
    {
        var id = Some.Id();
        await Box.RunAsync(new { id, pool = "p", args = Some.True });

        var run = await Box.ClientAsync("mod", id, "state=new");

        run.Status.Should().Be(0);
        (await Box.WaitForJobAsync(id, job => job.Number("start_count") == 2 && job.Text("state") is "done")).Text("id").Should().Be(id);
    }

    [Fact]
    public async Task Mod_does_not_create_a_job()
    {
        var run = await Box.ClientAsync("mod", "nosuch2", "pool=p", "state=new");

        run.Status.Should().Be(1);
        (await Box.ClientAsync("ls", "quiet=1")).Lines.Should().NotContain("nosuch2");
    }

    [Theory]
    [InlineData("no jobs selected*", ":", "hold=1")]
    [InlineData("no jobs selected*", "hold=1")]
    [InlineData("no changes given*", "a")]
    [InlineData("'b' is not key=value*", "a", ":", "b")]
    public async Task Mod_without_jobs_or_changes_is_wrong_usage(string message, params string[] words)
    {
        var run = await Box.ClientAsync(["mod", .. words]);

        run.Status.Should().Be(2);
        run.Errors.Should().Match($"meeseeks-client: {message}");
    }

    [Fact]
    public async Task Mod_without_a_matching_job_prints_nothing()
    {
        var run = await Box.ClientAsync("mod", "tag=nosuch", ":", "hold=1");

        run.Should().BeEquivalentTo(new { Status = 0, Output = "", Errors = "" });
    }

    [Fact]
    public async Task A_job_is_held_and_released()
    {
        var id = await HeldAsync();
        await Box.ClientAsync("release", id);
        (await Box.WaitForEndAsync(id)).Text("state").Should().Be("done");

        var held = await Box.ClientAsync("hold", id);

        held.Json.Find(id)!.Value.Flag("hold").Should().BeTrue();
    }

    [Fact]
    public async Task A_word_that_begins_with_a_dash_goes_after_two_dashes()
    {
        await Box.SubmitAsync(new { id = "-x", pool = "p", args = Some.True, hold = 1 });

        (await Box.ClientAsync("ls", "quiet=1", "--", "-x")).Output.Should().Be("-x\n");
        (await Box.ClientAsync("ls", "-x")).Status.Should().Be(2);
    }

    [Fact]
    public async Task A_word_that_begins_with_an_at_sign_is_an_id_and_not_a_response_file()
    {
        await Box.SubmitAsync(new { id = "@x", pool = "p", args = Some.True, hold = 1 });

        (await Box.ClientAsync("ls", "quiet=1", "@x")).Output.Should().Be("@x\n");
    }

    private static async Task<JsonElement> ReadObjectAsync(Process client)
    {
        var text = "";
        while (await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            text += line + "\n";
            if (line is "}")
                break;
        }

        return JsonElement.Parse(text);
    }

    private async Task<string> HeldAsync(string? tag = null)
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1, tags = tag is null ? [] : new[] { tag } });
        return id;
    }
}
