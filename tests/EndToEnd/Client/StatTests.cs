using System.Text.RegularExpressions;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The commands <c>stat</c>, <c>nodes</c> and <c>pools</c> in a pipe (docs/SPECIFICATION.md#stat-output).</summary>
public sealed class StatTests(StatTests.BoxWithJobs fixture) : BoxTests(fixture), IClassFixture<StatTests.BoxWithJobs>
{
    /// <summary>A box with jobs of every kind, which the tests do not change.</summary>
    public sealed class BoxWithJobs() : BoxFixture("state.expire=600", "pools.p.slots=3", "pools.free=", "pools.idle.slots=2")
    {
        /// <inheritdoc/>
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await Box.RunAsync(new { id = "ended", pool = "p", args = Some.Shell("exit 3"), tags = new[] { "x", "y" } });
            await Box.SubmitAsync(new { id = "runs", pool = "p", args = Some.Sleep, restart = 1 });
            await Box.WaitForStartAsync("runs");
            await Box.SubmitAsync(new { id = "held", pool = "p", node = "n1", args = Some.True, hold = 1 });
            await Box.RunAsync(new { id = "lost", pool = "free", args = new[] { "/no/such", "a\tb" } });
            await Box.SubmitAsync(new { id = "waits", pool = "nopool", args = Some.True });
        }
    }

    [Theory]
    [InlineData("stat")]
    [InlineData("show")]
    public async Task Each_node_pool_and_job_is_a_line_with_tabs(string command)
    {
        var run = await Box.ClientAsync(command);

        run.Status.Should().Be(0);
        run.Lines[0].Should().MatchRegex(@"^n1\tonline\t\d+\.\d+$");
        run.Lines[1..].Select(WithoutSeconds).Should().Equal(
            "\tpool free@n1\t1 jobs",
            "\t\tlost\t[None]\tE \tfailed\t\t/no/such a\\tb",
            "\tpool idle@n1\t0 jobs\t2 free",
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
        var run = await Box.ClientAsync("stat", word);

        run.Lines.Should().NotBeEmpty().And.OnlyContain(line => Regex.IsMatch(line, $"^{beginning}"));
    }

    [Theory]
    [InlineData("active")]
    [InlineData("a")]
    public async Task Active_omits_pools_without_jobs(string word)
    {
        string[] busy = ["pool free@n1\t1 jobs", "pool nopool@n1\t1 jobs", "pool p@n1\t3 jobs\t1 free"];

        (await Box.ClientAsync("stat", "p", word)).Lines.Should().Equal(busy);
        (await Box.ClientAsync("stat", "p")).Lines.Should().BeEquivalentTo([.. busy, "pool idle@n1\t0 jobs\t2 free"]);
    }

    [Fact]
    public async Task Conditions_select_jobs()
    {
        (await Box.ClientAsync("stat", "j", "state=new", "pool=p")).Lines.Should()
            .ContainSingle().Which.Should().StartWith("p@n1\theld\t");
        (await Box.ClientAsync("stat", "j", "tag=x")).Lines.Should()
            .ContainSingle().Which.Should().StartWith("p@n1\tended\t");
    }

    [Fact]
    public async Task Nodes_and_pools_are_printed_as_json()
    {
        var nodes = await Box.ClientAsync("nodes");
        var pools = await Box.ClientAsync("pools");

        nodes.Json.Find("n1")!.Value.Keys().Should().BeInAscendingOrder(StringComparer.Ordinal)
            .And.Contain(["loadavg", "online", "pools", "routing", "ts"]);
        pools.Output.Should().Be("""
            {
                "free": {
                    "n1": true
                },
                "idle": {
                    "n1": 2
                },
                "p": {
                    "n1": 1
                }
            }

            """);
    }

    [Fact]
    public async Task An_unknown_word_is_wrong_usage()
    {
        var run = await Box.ClientAsync("stat", "job1");

        run.Status.Should().Be(2);
        run.Errors.Should().StartWith(
            "meeseeks-client: unknown word 'job1'; stat accepts nodes, pools, jobs, active and tree, or id=job1 for an id");
    }
}
