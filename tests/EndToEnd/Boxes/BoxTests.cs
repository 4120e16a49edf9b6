namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Base of tests with the box of a fixture; each test shows its log.</summary>
public abstract class BoxTests(BoxFixture fixture) : IDisposable
{
    private readonly int _logged = fixture.Box.Log.Lines.Count;

    /// <summary>The box.</summary>
    protected RunningBox Box { get; } = fixture.Box;

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
        TestContext.Current.TestOutputHelper?.WriteLine("meanwhile the box logged:\n" + string.Join('\n', Box.Log.Lines.Skip(_logged)));
    }
}
