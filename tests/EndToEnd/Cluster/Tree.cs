using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>Boxes that are linked with each other. They are started from below, since the upper ones have to know the ports of the lower ones, and stopped from above.</summary>
public sealed class Tree : IAsyncDisposable
{
    private readonly Stack<RunningBox> _boxes = new();

    /// <summary>All boxes, the uppermost first.</summary>
    public IEnumerable<RunningBox> Boxes => _boxes;

    /// <summary>The word that links a box with a node below it.</summary>
    public static string Link(string node, int port) => $$"""nodes.{{node}}={"address":"127.0.0.1","port":{{port}}}""";

    /// <summary>The words for several nodes.</summary>
    public static string[] Links(params (string Node, int Port)[] below) => [.. below.Select(link => Link(link.Node, link.Port))];

    /// <summary>Starts a box, over those that are there already.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="words">Its configuration, links with others included.</param>
    public Task<RunningBox> StartAsync(string name, params string[] words) => StartAsync(new BoxStart([$"name={name}", .. words]));

    /// <summary>Starts a box, over those that are there already.</summary>
    public async Task<RunningBox> StartAsync(BoxStart start)
    {
        var box = await RunningBox.StartAsync(start);
        lock (_boxes)
            _boxes.Push(box);
        return box;
    }

    /// <summary>Stops them all, the uppermost first.</summary>
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
