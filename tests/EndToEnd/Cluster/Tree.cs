using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>A tree of linked boxes.</summary>
/// <remarks>They start from the bottom, because an upstream box needs the ports of those below, and stop from the top.</remarks>
public sealed class Tree : IAsyncDisposable
{
    private readonly Stack<RunningBox> _boxes = new();

    /// <summary>All boxes, upstream first.</summary>
    public IEnumerable<RunningBox> Boxes => _boxes;

    /// <summary>The word that links a box to a node below it.</summary>
    public static string Link(string node, int port) => $$"""nodes.{{node}}={"address":"127.0.0.1","port":{{port}}}""";

    /// <summary>The words for several nodes.</summary>
    public static string[] Links(params (string Node, int Port)[] below) => [.. below.Select(link => Link(link.Node, link.Port))];

    /// <summary>Starts a box above those that are running.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="words">Its configuration, with its links.</param>
    public Task<RunningBox> StartAsync(string name, params string[] words) => StartAsync(new BoxStart([$"name={name}", .. words]));

    /// <summary>Starts a box above those that are running.</summary>
    public async Task<RunningBox> StartAsync(BoxStart start)
    {
        var box = await RunningBox.StartAsync(start);
        lock (_boxes)
            _boxes.Push(box);
        return box;
    }

    /// <summary>Stops all boxes, upstream first.</summary>
    public async ValueTask DisposeAsync()
    {
        var problems = new List<Exception>();
        while (_boxes.TryPop(out var box))
        {
            try
            {
                await box.DisposeAsync();
            }
            catch (InvalidOperationException problem)
            {
                problems.Add(problem);
            }
        }

        if (problems.Count > 0)
            throw new AggregateException(problems);
    }
}
