using MeeseeksBox.Agent.Links;
using MeeseeksBox.Core.Membership;
using MeeseeksBox.Protocol.Nodes;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Agent.Tests.Links;

/// <summary>The log of nodes that go offline and come online again.</summary>
public sealed class NodeLogTests : ILogEventSink
{
    private readonly List<string> _lines = [];

    [Fact]
    public void The_nodes_of_one_head_share_a_line()
    {
        var log = new NodeLog(new LoggerConfiguration().WriteTo.Sink(this).CreateLogger());
        var below = Enumerable.Range(1, 100).Select(number => Node($"n{number:d3}", "h1", isOnline: false));

        log.Log([.. below, Node("n7", "h2", isOnline: false), Node("n8", "h2", isOnline: true)]);

        _lines.Should().Equal(
            "Warning: offline: n001, n002, n003, n004, n005, n006, n007, n008, n009, n010 and 90 more (by the link h1)",
            "Warning: offline: n7 (by the link h2)",
            "Information: online again: n8 (by the link h2)");
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        _lines.Add($"{logEvent.Level}: {logEvent.RenderMessage().Replace("\"", "", StringComparison.Ordinal)}");

    private static KnownNode Node(string name, string peer, bool isOnline) =>
        new(name, new NodeStatus { Online = isOnline }, peer, ReportedAt: 0, Seq: 1);
}
