using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>The configuration of a box.</summary>
/// <param name="Settings">The settings of the core, with the name.</param>
/// <param name="Downstream">The names of the boxes that it connects to.</param>
internal sealed record BoxPlan(NodeSettings Settings, IReadOnlyList<string> Downstream)
{
    public string Name => Settings.Name;

    /// <summary>True for a box that behaves like the original: immediate replies, no numbers of change, and polling.</summary>
    public bool IsOld { get; init; }

    /// <summary>The interval of checkpoints, in seconds.</summary>
    public double Checkpoint { get; init; } = 10;
}
