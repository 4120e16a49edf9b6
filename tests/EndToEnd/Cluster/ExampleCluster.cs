using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>The cluster of examples/: eleven boxes on free ports.</summary>
public sealed class ExampleCluster : IAsyncLifetime
{
    private static readonly string[] A = ["nodeA1", "nodeA2", "nodeA3"];
    private static readonly string[] B = ["nodeB1", "nodeB2", "nodeB3"];

    private readonly Tree _tree = new();
    private readonly Dictionary<string, RunningBox> _boxes = [];

    /// <summary>The master.</summary>
    public RunningBox Master => _boxes["master"];

    /// <summary>The boxes by name.</summary>
    public IReadOnlyDictionary<string, RunningBox> Boxes => _boxes;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Task.WhenAll(A.Concat(B).Select(name => StartAsync(name)));
        await Task.WhenAll(StartAsync("headA1", A), StartAsync("headA2", A), StartAsync("headB1", B), StartAsync("headB2", B));
        await StartAsync("master", "headA1", "headA2", "headB1", "headB2");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _tree.DisposeAsync();

    private async Task StartAsync(string name, params string[] below)
    {
        var config = Path.Combine(BuildOutput.Repository, "examples", $"{name}.cfg");
        var box = await _tree.StartAsync(
            name, [config, "listen.address=127.0.0.1", "listen.port=0", .. below.Select(node => Tree.Link(node, _boxes[node].Port))]);
        lock (_boxes)
            _boxes[name] = box;
    }
}
