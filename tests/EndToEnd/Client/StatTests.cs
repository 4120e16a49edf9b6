using System.Text.RegularExpressions;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The commands <c>stat</c>, <c>nodes</c> and <c>pools</c> in a pipe (docs/SPECIFICATION.md#stat-output).</summary>
public sealed class StatTests : IAsyncLifetime
{
    private RunningBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await RunningBox.StartAsync("state.expire=600", "pools.p.slots=3", "pools.free=");

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Theory]
    [InlineData("stat")]
    [InlineData("show")]
    public async Task Each_node_pool_and_job_is_a_line_with_tabs(string command)
    {
        await SubmitAllAsync();

        var run = await _box.ClientAsync(command);

        run.Status.Should().Be(0);
        run.Lines[0].Should().MatchRegex(@"^n1\tonline\t\d+\.\d+$");
        run.Lines[1..].Select(WithoutSeconds).Should().Equal(
            "\tpool free@n1\t1 jobs",
            "\t\tlost\t[None]\tE \tfailed\t\t/no/such a\\tb",
            "\tpool nopool@n1\t1 jobs",
            "\t\twaits\t[None]\t\tnew\t\t/bin/true",
            "\tpool p@n1\t3 jobs\t1 free",
            "\t\tended\t[x,y]\t\tfailed\t(3)\t/bin/sh -c exit 3",
            "\t\theld\t[None]\tA H \tnew\t\t/bin/true",
            "\t\truns\t[None]\tA R \trunning\tS\t/bin/sleep 1000");

        static string WithoutSeconds(string line) => Regex.Replace(line, @"(?<=\trunning\t)\d+(?=\t)", "S");
    }

    [Theory]
    [InlineData("nodes", "n1")]
    [InlineData("n", "n1")]
    [InlineData("pools", "pool ")]
    [InlineData("p", "pool ")]
    [InlineData("jobs", "(free|nopool|p)@n1")]
    [InlineData("j", "(free|nopool|p)@n1")]
    public async Task Words_or_their_first_letters_select_the_kinds_of_lines(string word, string beginning)
    {
        await SubmitAllAsync();

        var run = await _box.ClientAsync("stat", word);

        run.Lines.Should().NotBeEmpty().And.OnlyContain(line => Regex.IsMatch(line, $"^{beginning}"));
    }

    [Theory]
    [InlineData("active")]
    [InlineData("a")]
    public async Task Active_omits_pools_without_jobs(string word)
    {
        await _box.SubmitAsync(new { id = "waits", pool = "nopool", args = Some.True });

        (await _box.ClientAsync("stat", "p", word)).Output.Should().Be("pool nopool@n1\t1 jobs\n");
        (await _box.ClientAsync("stat", "p")).Lines.Should().HaveCount(3);
    }

    [Fact]
    public async Task Conditions_select_jobs()
    {
        await SubmitAllAsync();

        (await _box.ClientAsync("stat", "j", "state=new", "pool=p")).Lines.Should()
            .ContainSingle().Which.Should().StartWith("p@n1\theld\t");
        (await _box.ClientAsync("stat", "j", "tag=x")).Lines.Should()
            .ContainSingle().Which.Should().StartWith("p@n1\tended\t");
    }

    [Fact]
    public async Task With_refresh_stat_repeats_until_no_live_jobs_are_left()
    {
        await _box.SubmitAsync(new { id = "a", pool = "p", args = Some.Sleep });
        await _box.WaitForStartAsync("a");
        using var client = _box.StartClient("refresh=0.05", "stat", "jobs");
        var first = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var second = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        await _box.AskAsync("kill", "a");

        var run = await ClientProgram.EndAsync(client);

        first.Should().StartWith("p@n1\ta\t[None]\tA \trunning\t");
        second.Should().StartWith("p@n1\ta\t[None]\tA \trunning\t");
        run.Status.Should().Be(0);
        run.Lines[^1].Should().Be("p@n1\ta\t[None]\t\tkilled\t(-9)\t/bin/sleep 1000");
    }

    [Fact]
    public async Task Nodes_and_pools_are_printed_as_json()
    {
        var nodes = await _box.ClientAsync("nodes");
        var pools = await _box.ClientAsync("pools");

        nodes.Json.Find("n1")!.Value.Keys().Should().BeInAscendingOrder(StringComparer.Ordinal)
            .And.Contain(["loadavg", "online", "pools", "routing", "ts"]);
        pools.Output.Should().Be("""
            {
                "free": {
                    "n1": true
                },
                "p": {
                    "n1": 3
                }
            }

            """);
    }

    [Theory]
    [InlineData("nodes", "n1")]
    [InlineData("pools", "p")]
    public async Task With_refresh_nodes_and_pools_repeat(string command, string key)
    {
        using var client = _box.StartClient("refresh=0.05", command);
        try
        {
            var output = "";
            for (var ends = 0; ends < 3;)
            {
                var line = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
                ends += line is "}" ? 1 : 0;
                output += line + "\n";
            }

            Recorded.RecordedOutput.Values(output).Should().HaveCount(3).And.OnlyContain(value => value.Keys().Contains(key));
        }
        finally
        {
            client.Kill();
        }
    }

    [Fact]
    public async Task An_unknown_word_is_wrong_usage()
    {
        var run = await _box.ClientAsync("stat", "job1");

        run.Status.Should().Be(2);
        run.Errors.Should().StartWith(
            "meeseeks-client: unknown word 'job1'; stat accepts nodes, pools, jobs, active and tree, or id=job1 for an id");
    }

    private async Task SubmitAllAsync()
    {
        await _box.RunAsync(new { id = "ended", pool = "p", args = Some.Shell("exit 3"), tags = new[] { "x", "y" } });
        await _box.SubmitAsync(new { id = "runs", pool = "p", args = Some.Sleep, restart = 1 });
        await _box.WaitForStartAsync("runs");
        await _box.SubmitAsync(new { id = "held", pool = "p", node = "n1", args = Some.True, hold = 1 });
        await _box.RunAsync(new { id = "lost", pool = "free", args = new[] { "/no/such", "a\tb" } });
        await _box.SubmitAsync(new { id = "waits", pool = "nopool", args = Some.True });
    }
}
