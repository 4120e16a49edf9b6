namespace MeeseeksBox.Core.Tests;

/// <summary>A clock that only a test advances.</summary>
internal sealed class Clock(double wall = 1_800_000_000)
{
    /// <summary>The wall clock, which stamps jobs; may be set back.</summary>
    public double Wall { get; set; } = wall;

    public double Steady { get; private set; } = 1000;

    public Instant Now => new(Wall, Steady);

    public void Pass(double seconds)
    {
        Wall += seconds;
        Steady += seconds;
    }

    /// <summary>Advances exactly to a time of the monotonic clock.</summary>
    public void PassUntil(double steady)
    {
        Wall += steady - Steady;
        Steady = steady;
    }
}
