using MeeseeksBox.Core.Settings;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Lives;

/// <summary>Draws a random cluster: its links and the configuration of each box.</summary>
internal static class Shape
{
    // In bytes: room for a few jobs.
    private const long ShortLine = 4000;

    /// <summary>The boxes, upstream first.</summary>
    public static IReadOnlyList<BoxPlan> Draw(Random random)
    {
        (string Name, string[] Downstream)[] tree = random.Next(7) switch
        {
            0 => [("head", ["n1", "n2", "n3"]), .. Leaves("n1", "n2", "n3")],
            1 => [("master", ["h1", "h2"]), ("h1", ["n1", "n2"]), ("h2", ["n1", "n2"]), .. Leaves("n1", "n2")],
            2 => [("master", ["hA", "hB"]), ("hA", ["nA1", "nA2"]), ("hB", ["nB1", "nB2"]), .. Leaves("nA1", "nA2", "nB1", "nB2")],
            3 => [("h1", ["n1", "n2", "n3"]), ("h2", ["n1", "n2", "n3"]), .. Leaves("n1", "n2", "n3")],
            4 => [("top", ["m"]), ("m", ["h"]), ("h", ["n1", "n2"]), .. Leaves("n1", "n2")],
            5 => [("h1", ["n1"]), .. Leaves("n1")],
            _ => [("master", ["hA1", "hA2", "hB1", "hB2"]), ("hA1", ["nA1", "nA2", "nA3"]), ("hA2", ["nA1", "nA2", "nA3"]),
                ("hB1", ["nB1", "nB2"]), ("hB2", ["nB1", "nB2"]), .. Leaves("nA1", "nA2", "nA3", "nB1", "nB2")],
        };
        var settings = Settings(random);
        var checkpoint = random.Next(2) is 0 ? 10 : 1;
        var hasOld = random.Next(4) is 0;
        return [.. tree.Select(node => new BoxPlan(
            settings with
            {
                Name = node.Name,
                Pools = Pools(node.Downstream is [], settings, random),
                MaxRequest = random.Next(6) is 0 ? ShortLine : null,
            },
            node.Downstream)
        {
            Checkpoint = checkpoint,
            IsOld = hasOld && random.Next(3) is 0,
        })];
    }

    private static (string, string[])[] Leaves(params string[] names) => [.. names.Select(name => (name, Array.Empty<string>()))];

    private static NodeSettings Settings(Random random) => new()
    {
        Name = "",
        Version = "1",
        Expire = random.Next(4) switch { 0 => 6, 1 => 20, 2 => 60, _ => 1e6 },
        Timeout = 60,
        WaitInPool = random.Next(4) is 0,
        UseLoadavg = random.Next(8) is 0,
    };

    private static Dictionary<string, PoolSettings> Pools(bool isLeaf, NodeSettings settings, Random random)
    {
        var pools = new Dictionary<string, PoolSettings>();
        if (isLeaf || random.Next(6) is 0)
            pools.Add("p1", Pool());

        if (random.Next(3) is 0)
            pools.Add("p2", Pool());

        return pools;

        // A live job is refreshed well before any box presumes it lost.
        PoolSettings Pool() => new() { Slots = random.Next(4), Update = Math.Min(30, settings.Expire / 4), RestartDelay = random.Next(2) };
    }
}
