namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>A step of a history. Its numbers choose among what there is at the time, so that any steps make a history.</summary>
/// <param name="Deed">What happens.</param>
/// <param name="A">The first number.</param>
/// <param name="B">The second number.</param>
/// <param name="Pace">How far the watchers come.</param>
internal sealed record Step(Deed Deed, int A, int B, Pace Pace);
