using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.CommandLine.Tests.Status;

/// <summary>The lines of stat for a terminal.</summary>
public sealed class StatusLinesTests
{
    private static readonly Job[] Jobs =
    [
        new()
        {
            Id = "ok",
            Spec = new() { Pool = "p", Args = ["echo", "漢字", "a\nb"] },
            Status = new() { Node = "n1", State = JobState.Done, Rc = 0 },
        },
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
        },
        new()
        {
            Id = "over",
            Spec = new() { Pool = "p", Args = ["sleep", "9"] },
            Status = new()
            {
                Node = "n1",
                State = JobState.Killed,
                Active = true,
                StartTs = 1100,
            },
        },
        new()
        {
            Id = "waits",
            Spec = new()
            {
                Pool = "q",
                Resubmit = true,
                Hold = true,
                Args = [new string('x', 300)],
            },
            Status = new() { State = JobState.New },
        },
    ];

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public async Task No_line_is_wider_than_the_terminal(int width)
    {
        var lines = (await ScreenAsync(width, hasColor: false)).Split('\n');

        lines.Should().OnlyContain(line => TextWidth.Of(line) <= width);
        lines.Should().Contain(line => line.Contains("runs") && line.Contains("running") && line.Contains("1m40s"));
    }

    [Theory]
    [InlineData(80, "[nightly,backup]")]
    [InlineData(56, "[night…")]
    [InlineData(54, "")]
    public async Task Tags_are_cut_before_they_are_omitted(int width, string tags)
    {
        Job[] jobs =
        [
            new()
            {
                Id = "backup-of-france",
                Spec = new() { Pool = "p", Tags = ["nightly", "backup"], Args = ["rsync", "-a", "/srv/data", "/backup"] },
                Status = new() { Node = "n1", State = JobState.Running },
            },
        ];

        var lines = (await ScreenAsync(width, hasColor: false, Cluster(jobs))).Split('\n');

        lines.Should().ContainSingle(line => line.StartsWith("    backup-of-france  ")).Which.Should()
            .StartWith($"    backup-of-france  {tags}{(tags.Length > 0 ? "  " : "")}running  ");
    }

    [Fact]
    public async Task A_draining_pool_is_marked()
    {
        var node = new NodeStatus { Online = true, Pools = new() { ["p"] = new(-1) } };
        var cluster = Cluster() with { Nodes = new Dictionary<string, NodeStatus> { ["n1"] = node } };

        (await ScreenAsync(80, hasColor: false, cluster)).Should().MatchRegex(@"p@n1 +3 jobs  draining\n");
    }

    [Theory]
    [InlineData(80, "failed  mkae all  no such program: 'mkae' is in none of the fo…")]
    [InlineData(47, "failed  mkae all  no such pro…")]
    [InlineData(46, "failed  mkae all")]
    public async Task The_error_follows_the_command_if_there_is_room(int width, string expected)
    {
        Job[] jobs =
        [
            new()
            {
                Id = "typo",
                Spec = new() { Pool = "p", Args = ["mkae", "all"] },
                Status = new()
                {
                    Node = "n1",
                    State = JobState.Failed,
                    Error = "no such program: 'mkae' is in none of the folders\nof PATH",
                },
            },
        ];

        var lines = (await ScreenAsync(width, hasColor: false, Cluster(jobs))).Split('\n');

        lines.Should().ContainSingle(line => line.Contains("typo")).Which.Should().EndWith(expected);
    }

    [Fact]
    public async Task Colours_are_printed_only_if_enabled()
    {
        (await ScreenAsync(80, hasColor: false)).Should().NotContain("\e");
        (await ScreenAsync(80, hasColor: true)).Should().Contain("\e[32mrunning\e[0m").And.Contain("\e[31moffline\e[0m");
    }

    private static ClusterStatus Cluster(params Job[] jobs) => new(
        new Dictionary<string, NodeStatus>
        {
            ["head"] = new() { Online = true, Routing = ["head", "n1"] },
            ["n1"] = new() { Online = false, Loadavg = 1.25, Routing = ["n1"], Pools = new() { ["p"] = SlotCount.Of(4) } },
        },
        new Dictionary<string, Dictionary<string, SlotCount>> { ["p"] = new() { ["n1"] = SlotCount.Of(1) } },
        [.. (jobs.Length > 0 ? jobs : Jobs).Select(job => StatusJob.Of(job, 1000))],
        HasLive: true);

    private static async Task<string> ScreenAsync(int width, bool hasColor, ClusterStatus? cluster = null)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await new StatusScreen(width, hasColor).WriteAsync(output, [.. new StatusLines(cluster ?? Cluster(), StatusView.All).All()]);
        return output.ToString();
    }
}
