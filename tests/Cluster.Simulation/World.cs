using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Boxes;
using MeeseeksBox.Simulation.Checks;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation;

/// <summary>All that there is in one run: time, the network, the boxes, and what is noted of them.</summary>
internal sealed class World
{
    /// <param name="seed">All chance comes from it.</param>
    /// <param name="times">What the links go by.</param>
    /// <param name="wire">What becomes of jobs on the wire.</param>
    /// <param name="journal">Where it is told what happens.</param>
    /// <param name="isChecked">False to take no account of what happens, which costs much when there are many jobs.</param>
    public World(int seed, LinkTiming times, Wire wire, Journal journal, bool isChecked = true)
    {
        (Times, Wire, Journal) = (times, wire, journal);
        Dice = new Random(seed);
        Links = new Links(Agenda, new Random(seed ^ 0x5EED));
        Account = new Account(this, isChecked);
    }

    /// <summary>True for boxes with a journal, which loses nothing in a crash; false for <c>state.durable: false</c>.</summary>
    public bool IsDurable { get; init; }

    public Agenda Agenda { get; } = new();

    public Random Dice { get; }

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

    /// <summary>Tells the journal.</summary>
    public void Tell(string text) => Journal.Tell(Agenda.Now, text);

    /// <summary>A random number between two.</summary>
    public double Between(double least, double most) => least + (Dice.NextDouble() * (most - least));
}
