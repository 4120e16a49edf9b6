using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Tests.Status;

/// <summary>The lines of stat for scripts, as in the original (docs/SPECIFICATION.md#stat-output).</summary>
public sealed class StatusTextTests
{
    private static readonly Job[] Jobs =
    [
        new()
        {
            Id = "runs",
            Spec = new() { Pool = "p", Tags = ["x", "y"], Args = ["sleep", "9"] },
            Status = new()
            {
                Node = "n1",
                State = JobState.Running,
                Active = true,
                StartTs = 900,
            },
            Ts = 930.9,
        },
        new()
        {
            Id = "ok",
            Spec = new() { Pool = "p", Args = ["echo", "漢字", "a\nb"] },
            Status = new() { Node = "n1", State = JobState.Done, Rc = 0 },
        },
        new()
        {
            Id = "bad",
            Spec = new() { Pool = "p", Args = ["nosuch"] },
            Status = new() { Node = "n1", State = JobState.Failed, Error = "no such program" },
        },
        new()
        {
            Id = "waits",
            Spec = new()
            {
                Pool = "q",
                Resubmit = true,
                Hold = true,
                Suspended = true,
                Args = ["true"],
            },
            Status = new() { State = JobState.New },
        },
    ];

    [Fact]
    public void Jobs_are_below_their_pools_sorted_by_state_and_submit() => Text("").Should().Be("""
        head|online|0.0
        |pool q@head|1 jobs
        ||waits|[None]|H R S |new||true
        n1|online|1.25
        |pool free@n1|0 jobs
        |pool p@n1|3 jobs|1 free
        ||ok|[None]||done|(0)|echo 漢字 a\nb
        ||bad|[None]|E |failed||nosuch
        ||runs|[x,y]|A |running|30|sleep 9
        n2|offline|2.5
        """);

    [Fact]
    public void A_tree_adds_a_tab_for_each_level() => Text("tree n p").Should().Be("""
        head|online|0.0
        |pool q@head|1 jobs
        |n1|online|1.25
        ||pool free@n1|0 jobs
        ||pool p@n1|3 jobs|1 free
        |n2|offline|2.5
        """);

    [Theory]
    [InlineData("n", "head|online|0.0 n1|online|1.25 n2|offline|2.5")]
    [InlineData("p", "pool§q@head|1§jobs pool§free@n1|0§jobs pool§p@n1|3§jobs|1§free")]
    [InlineData("p a", "pool§q@head|1§jobs pool§p@n1|3§jobs|1§free")]
    [InlineData("p t", "pool§q@head|1§jobs pool§free@n1|0§jobs pool§p@n1|3§jobs|1§free")]
    public void Words_select_the_kinds_of_lines(string words, string lines) =>
        Text(words).Should().Be(lines.Replace(' ', '\n').Replace('§', ' '));

    [Theory]
    [InlineData("j", "p@n1|bad|")]
    [InlineData("j t", "p@n1|bad|")]
    [InlineData("n j", "|p@n1|bad|")]
    [InlineData("n j t", "||p@n1|bad|")]
    [InlineData("p j", "|bad|")]
    [InlineData("n p j t", "|||bad|")]
    public void Without_lines_for_pools_a_job_line_begins_with_its_pool(string words, string beginning) =>
        Text(words).Split('\n').Should().ContainSingle(line => line.Contains("|bad|")).Which.Should().StartWith(beginning);

    [Fact]
    public void Pools_of_filtered_nodes_are_not_shown() => Text("n p", JobSelection.All.Where("node", "n1")).Should().Be("""
        head|online|0.0
        n1|online|1.25
        |pool free@n1|0 jobs
        |pool p@n1|3 jobs|1 free
        n2|offline|2.5
        """);

    [Fact]
    public void Filtered_pools_are_not_shown() =>
        Text("p", JobSelection.All.Where("pool", "f*", "q")).Split('\n').Should()
            .NotContain(line => line.StartsWith("pool p@n1|0")).And.Contain("pool free@n1|0 jobs");

    [Fact]
    public void A_condition_on_nodes_also_requests_jobs_without_a_node() =>
        new StatusFilter(JobSelection.All.Where("node", "n1", "n2*").Where("state", "new")).Jobs.ToFilter().ToJsonString()
            .Should().Be("""{"state":"new","node":["n1","n2*",false]}""");

    [Fact]
    public void A_job_without_a_node_is_below_its_submit_node() =>
        Text("p", null, new Job
        {
            Id = "w",
            Spec = new() { Pool = "q" },
            Status = new() { SubmitNode = "n1", State = JobState.New },
        }).Split('\n').Should()
            .Contain("pool q@n1|1 jobs");

    [Fact]
    public void A_job_of_a_node_that_is_gone_is_still_shown() =>
        Text("", null, new Job { Id = "w", Spec = new() { Pool = "q" }, Status = new() { Node = "gone", State = JobState.New } }).Should()
            .EndWith("\n|pool q@gone|1 jobs\n||w|[None]||new||");

    [Fact]
    public void A_configuration_job_is_shown_by_its_keys()
    {
        var args = """{"pools":{},"listen":{},"name":"n1"}""";
        var json = $$"""{"id":"c","pool":"__config","node":"n1","state":"done","args":{{args}}}""";
        JobAttributes.TryRead(System.Text.Json.JsonElement.Parse(json), out var job, out _).Should().BeTrue();

        Text("j", null, job!).Should().Be("__config@n1|c|[None]||done||name listen pools");
    }

    [Fact]
    public void A_node_with_two_heads_appears_once()
    {
        var nodes = new Dictionary<string, NodeStatus>
        {
            ["n1"] = new() { Online = true, Routing = ["n1"] },
            ["b"] = new() { Online = true, Routing = ["b", "n1"] },
            ["a"] = new() { Online = true, Routing = ["a", "n1"] },
            ["master"] = new() { Online = true, Routing = ["master", "b", "n1", "a"] },
            ["off"] = new() { Online = false, Routing = ["off", "n1"] },
        };

        new StatusForest(nodes, "master").Tree().Should().Equal(("master", 0), ("a", 1), ("b", 1), ("n1", 2), ("off", 1));
    }

    private static string Text(string words, JobSelection? selection = null, params Job[] jobs)
    {
        var status = new ClusterStatus(
            new Dictionary<string, NodeStatus>
            {
                ["n1"] = new() { Online = true, Loadavg = 1.25, Routing = ["n1"], Pools = new() { ["p"] = SlotCount.Of(4) } },
                ["n2"] = new() { Online = false, Loadavg = 2.5, Routing = ["n2"], Pools = new() { ["p"] = SlotCount.Of(4) } },
                ["head"] = new() { Online = true, Routing = ["head", "n1", "n2"] },
            },
            new Dictionary<string, Dictionary<string, SlotCount>>
            {
                ["p"] = new() { ["n1"] = SlotCount.Of(1) },
                ["free"] = new() { ["n1"] = new(null) },
            },
            [.. (jobs.Length > 0 ? jobs : Jobs).Select(job => StatusJob.Of(job, 1000))],
            HasLive: true);
        var view = StatusView.Read(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return string.Join('\n', new StatusText(status, view, new StatusFilter(selection ?? JobSelection.All)).Lines()).Replace('\t', '|');
    }
}
