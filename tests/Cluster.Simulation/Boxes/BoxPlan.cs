using MeeseeksBox.Core.Settings;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>How a box is configured.</summary>
/// <param name="Settings">What the rules depend on, its name included.</param>
/// <param name="Downstream">Whom it is linked with.</param>
internal sealed record BoxPlan(NodeSettings Settings, IReadOnlyList<string> Downstream)
{
    public string Name => Settings.Name;

    /// <summary>True for a box that speaks as the old implementation does: it answers at once, counts nothing for others, and asks every refresh.</summary>
    public bool IsOld { get; init; }

    /// <summary>How often its state is saved, in seconds.</summary>
    public double Checkpoint { get; init; } = 10;
}
