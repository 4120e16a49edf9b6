namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Base of tests with the shared box.</summary>
[Collection(typeof(SharedBoxes))]
public abstract class SharedBoxTests(SharedBox shared) : BoxTests(shared);
