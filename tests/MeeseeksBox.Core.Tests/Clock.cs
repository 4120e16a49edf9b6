namespace MeeseeksBox.Core.Tests;

/// <summary>A clock that stands still until it is told.</summary>
internal sealed class Clock(double wall = 1_800_000_000)
{
    /// <summary>The time that jobs are stamped with; may be set back.</summary>
    public double Wall { get; set; } = wall;

    public double Steady { get; private set; } = 1000;

    public Instant Now => new(Wall, Steady);

    public void Pass(double seconds)
    {
        Wall += seconds;
        Steady += seconds;
    }

    /// <summary>Moves exactly to a point of the steady clock.</summary>
    public void PassUntil(double steady)
    {
        Wall += steady - Steady;
        Steady = steady;
    }
}
