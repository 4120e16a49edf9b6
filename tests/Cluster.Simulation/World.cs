using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Boxes;
using MeeseeksBox.Simulation.Checks;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation;

/// <summary>One simulation: time, network, boxes, and the account of all events.</summary>
internal sealed class World
{
    /// <param name="seed">The seed of all random decisions.</param>
    /// <param name="times">The timing of the links.</param>
    /// <param name="wire">Counts and carries the jobs on the network.</param>
    /// <param name="journal">The log of events.</param>
    /// <param name="isChecked">False to skip all checks, which are slow with many jobs.</param>
    public World(int seed, LinkTiming times, Wire wire, Journal journal, bool isChecked = true)
    {
        (Times, Wire, Journal) = (times, wire, journal);
        Random = new Random(seed);
        Links = new Links(Agenda, new Random(seed ^ 0x5EED));
        Account = new Account(this, isChecked);
    }

    /// <summary>True when a crash loses no acknowledged change; false for <c>state.durable: false</c>.</summary>
    public bool IsDurable { get; init; }

    /// <summary>True to measure the processor time of each box.</summary>
    public bool IsMeasured { get; init; }

    public Agenda Agenda { get; } = new();

    public Random Random { get; }

    public LinkTiming Times { get; }

    public Wire Wire { get; }

    public Journal Journal { get; }

    public Links Links { get; }

    public Account Account { get; }

    public Dictionary<string, Box> Boxes { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a box, which is down until it is started.</summary>
    public Box Add(BoxPlan plan, double skew)
    {
        var box = new Box(plan, this, skew, Boxes.Count);
        Boxes.Add(plan.Name, box);
        return box;
    }

    /// <summary>Adds a line to the journal.</summary>
    public void Log(string text) => Journal.Add(Agenda.Now, text);

    /// <summary>A random number in a range.</summary>
    public double Between(double least, double most) => least + (Random.NextDouble() * (most - least));
}
