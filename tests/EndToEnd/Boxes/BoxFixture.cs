namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A box for several tests, with the configuration of a derived class; their jobs get ids of their own.</summary>
/// <param name="words">Config files and <c>key.key=value</c> words.</param>
public abstract class BoxFixture(params string[] words) : IAsyncLifetime
{
    /// <summary>The box.</summary>
    public RunningBox Box { get; private set; } = null!;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => Box = await RunningBox.StartAsync(words);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Box.DisposeAsync();
    }
}
