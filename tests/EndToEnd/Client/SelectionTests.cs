using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>Words that select jobs: exact ids, and conditions without a value.</summary>
public sealed class SelectionTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Theory]
    [InlineData("error=")]
    [InlineData("tag=")]
    [InlineData("id=")]
    [InlineData("rc=")]
    public async Task A_condition_without_a_value_selects_nothing(string word)
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1 });

        (await Box.ClientAsync("del", word)).Output.Should().Be("{}\n");
        (await Box.ClientAsync("del", "pool=p", word)).Output.Should().Be("{}\n");
        (await Box.ClientAsync("mod", word, ":", "state=killed")).Output.Should().BeEmpty();
        (await Box.ClientAsync("release", word)).Output.Should().BeEmpty();
        (await Box.ClientAsync("ls", word)).Output.Should().Be("[]\n");
        (await Box.ClientAsync("job", id)).Json.GetProperty(id).GetProperty("state").GetString().Should().Be("new");
    }

    [Theory]
    [InlineData("wait tga=night", "tga: not an attribute of jobs; did you mean tag?")]
    [InlineData("del quiet=1 JOB", "quiet: not an attribute of jobs")]
    [InlineData("del pol=p", "pol: not an attribute of jobs; did you mean pool?")]
    [InlineData("hold satte=new", "satte: not an attribute of jobs; did you mean state?")]
    [InlineData("mod stat=new : hold=1", "stat: not an attribute of jobs; did you mean state?")]
    [InlineData("suspend state=runing", "state: 'runing' is not a state; the states are new, running, done, failed, killed")]
    [InlineData("stat state=new,fialed", "state: 'fialed' is not a state")]
    [InlineData("job state=d*,x*", "state: 'x*' is not a state")]
    [InlineData("hist file=/dev/null stat=failed", "stat: not an attribute of jobs; did you mean state?")]
    public async Task A_misspelt_condition_is_an_error_and_selects_nothing_in_silence(string words, string message)
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1 });

        var run = await Box.ClientAsync(words.Replace("JOB", id).Split(' '));

        (run.Status, run.Output).Should().Be((2, ""));
        run.Errors.Should().Contain(message);
        (await Box.ClientAsync("job", id)).Json.GetProperty(id).GetProperty("state").GetString().Should().Be("new");
    }

    [Fact]
    public async Task A_condition_on_an_attribute_that_may_be_one_of_another_version_is_a_warning()
    {
        var run = await Box.ClientAsync("ls", "of_another_version=1");

        (run.Status, run.Output).Should().Be((0, "[]\n"));
        run.Errors.Should().Contain("warning: of_another_version: not an attribute of jobs");
    }

    [Fact]
    public async Task A_wait_for_no_job_says_so()
    {
        var run = await Box.ClientAsync("wait", $"tag={Some.Id()}");

        (run.Status, run.Output).Should().Be((0, ""));
        run.Errors.Should().Contain("no job matches; there is nothing to wait for");
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("get")]
    [InlineData("kill")]
    [InlineData("suspend")]
    public async Task A_condition_that_no_job_can_meet_has_a_warning_on_the_wire(string request)
    {
        var answer = await Box.AskObjectAsync(new Dictionary<string, object> { [request] = new { stat = "x", state = "dnoe" } });

        answer.GetProperty("warnings").EnumerateArray().Select(one => one.GetString()).Should().Equal(
            "stat: not an attribute of jobs; did you mean state?",
            "state: 'dnoe' is not a state; the states are new, running, done, failed, killed");
    }

    [Fact]
    public async Task Every_id_can_be_selected_exactly()
    {
        string[] ids = ["*", "a*", "a,b", "--", "--help", "-a", "a b", "a=b", "=a", "id==a", ":", "a?[b]", "a", "b", "*b"];
        foreach (var id in ids)
            await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1 });

        foreach (var id in ids)
            (await Box.ClientAsync("ls", $"id=={id}")).Json.EnumerateArray().Select(found => found.GetString()).Should().Equal(id);
    }

    [Theory]
    [InlineData("JOB*")]
    [InlineData("--help.JOB")]
    public async Task Every_command_selects_ids_exactly(string end)
    {
        var unique = Some.Id();
        end = end.Replace("JOB", unique);
        var tag = $"tag={unique}";
        foreach (var id in new[] { end, $"{end}b", $"b{unique}", unique })
            await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1, tags = new[] { unique } });

        (await Box.ClientAsync("job", $"id=={end}")).Json.EnumerateObject().Select(job => job.Name).Should().Equal(end);
        (await Box.ClientAsync("stat", "jobs", $"id=={end}")).Lines.Should().ContainSingle();
        (await Box.ClientAsync("mod", $"id=={end}", "retries=3")).Json.EnumerateObject().Select(job => job.Name).Should().Equal(end);
        (await Box.ClientAsync("del", $"id=={end}", "hold=1")).Json.EnumerateObject().Select(job => job.Name).Should().Equal(end);
        (await Box.ClientAsync("wait", $"id=={end}")).Output.Should().Be($"{end}\tkilled\t()\n");
        (await Box.ClientAsync("out", $"id=={end}")).Should().BeEquivalentTo(new { Status = 0, Errors = "" });
        (await Box.ClientAsync("ls", tag, "state=killed")).Json.GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task An_exact_id_that_is_unknown_is_an_error()
    {
        (await Box.ClientAsync("del", "id==no*")).Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "{}\n",
            Errors = "meeseeks-client: there is no job 'no*'; it may have ended and expired\n",
        });
        (await Box.ClientAsync("del", "id==a*", "b*")).Errors.Should()
            .StartWith("meeseeks-client: id==a* cannot be combined with a pattern like b*; use two calls\n");
    }

    [Theory]
    [InlineData("x*")]
    [InlineData("x,y")]
    [InlineData("-dash")]
    [InlineData("x y")]
    [InlineData("x=y")]
    [InlineData("x[1]")]
    public async Task An_id_with_another_meaning_as_a_word_is_a_warning(string id)
    {
        (await Box.ClientAsync("sub", "hold=1", $"id={id}", "p", "true")).Should().BeEquivalentTo(new
        {
            Status = 0,
            Errors = $"meeseeks-client: warning: id: as a word of other commands it has another meaning: select the job by 'id=={id}'\n",
        });
    }
}
