using System.Globalization;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Two boxes of one name below a tree (docs/SPECIFICATION.md#node-identity).</summary>
public sealed class NameConflictTests : IAsyncDisposable
{
    private readonly Tree _tree = new();
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_job_runs_once_and_the_log_names_both_addresses(bool isBehindHeads)
    {
        var (one, other) = (await _tree.StartAsync("x", "pools.p="), await _tree.StartAsync("x", "pools.p="));
        (string Name, int Port)[] below = [("x", one.Port), ("y", other.Port)];
        if (isBehindHeads)
        {
            var (left, right) = (await _tree.StartAsync("h1", Link("x", one.Port)), await _tree.StartAsync("h2", Link("x", other.Port)));
            below = [("h1", left.Port), ("h2", right.Port)];
        }

        var master = await _tree.StartAsync("master", [.. below.Select(node => Link(node.Name, node.Port))]);

        await master.WaitForLogAsync("two boxes have the name x: ");
        var line = master.Log.Lines.Single(line => line.Contains("two boxes", StringComparison.Ordinal));
        line.Should().StartWith("ERROR master.Link.").And.ContainAll(below.Select(node => $"127.0.0.1:{node.Port}"));
        string[] ids = [.. Enumerable.Range(0, 8).Select(number => $"j{number}")];
        foreach (var id in ids)
        {
            string[] args = ["/bin/sh", "-c", $"echo {id} >> {_folder.File("runs")}; sleep 0.3"];
            _ = await master.AskObjectAsync(new { submit = new { id, pool = "p", args } });
        }

        foreach (var id in ids)
            (await master.WaitForEndAsync(id)).Text("state").Should().Be("done");
        (await File.ReadAllLinesAsync(_folder.File("runs"), TestContext.Current.CancellationToken)).Order().Should().Equal(ids);
        (await one.AskObjectAsync(new { ls = new { } })).GetProperty("ls").GetArrayLength()
            .Should().BeOneOf([0, ids.Length], "one of both has all jobs");
    }

    public async ValueTask DisposeAsync()
    {
        await _tree.DisposeAsync();
        _folder.Dispose();
    }

    private static string Link(string name, int port) =>
        string.Create(CultureInfo.InvariantCulture, $$"""nodes.{{name}}={"address":"127.0.0.1","port":{{port}},"poll":0.2}""");
}
