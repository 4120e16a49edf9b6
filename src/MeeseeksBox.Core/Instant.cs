namespace MeeseeksBox.Core;

/// <summary>A point in time, told to the core from outside.</summary>
/// <param name="Wall">Seconds since 1970: what jobs are stamped with. May jump when somebody sets the clock.</param>
/// <param name="Monotonic">Seconds since some start, never running backwards: what every span and deadline is measured with.</param>
public readonly record struct Instant(double Wall, double Monotonic);
