using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.EndToEnd.Cluster;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>The steps of examples/tls/README.md, on free ports.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task The_pair_runs_jobs_only_for_clients_with_a_certificate()
    {
        using var folder = new TemporaryFolder();
        var example = Path.Combine(BuildOutput.Repository, "examples", "tls");
        Tool.Run("env", "-C", folder.Path, Path.Combine(example, "make-certificates.sh"), "head", "node", "me");
        await using var tree = new Tree();
        BoxStart In(params string[] words) => new(words) { Prefix = ["env", "-C", folder.Path] };
        var node = await tree.StartAsync(In(Path.Combine(example, "node.cfg"), "listen.port=0"));
        var head = await tree.StartAsync(In(Path.Combine(example, "head.cfg"), "listen.port=0", $"nodes.node.port={node.Port}"));
        var trusted = $"ssl.cafile={folder.File("certificates/ca.pem")}";

        var mine = await ClientProgram.RunAsync(
            $"address=localhost port={head.Port}", trusted, $"ssl.cert={folder.File("certificates/me.pem")}",
            "sub", "wait=1", "p1", "echo", "hello");
        var nobodys = await ClientProgram.RunAsync($"address=localhost port={head.Port}", trusted, "sub", "wait=1", "p1", "echo", "hello");

        // The head may not know the pools of the node yet, and warns of that. The job waits for them.
        (mine.Status, mine.Output).Should().Be((0, "hello\n"));
        nobodys.Status.Should().Be(1);
        nobodys.Errors.Should().Contain("certificate");
        node.Log.Count("WARNING").Should().Be(0);
    }
}
