namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Base of tests that share a box; each test shows its log.</summary>
public abstract class SharedBoxTests(SharedBox shared) : IClassFixture<SharedBox>, IDisposable
{
    private readonly int _logged = shared.Box.Log.Lines.Count;

    /// <summary>The box.</summary>
    protected RunningBox Box { get; } = shared.Box;


    /// <inheritdoc/>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
        TestContext.Current.TestOutputHelper?.WriteLine("meanwhile the box logged:\n" + string.Join('\n', Box.Log.Lines.Skip(_logged)));
    }
}
