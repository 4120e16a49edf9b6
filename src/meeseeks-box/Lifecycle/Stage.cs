namespace MeeseeksBox.Agent.Lifecycle;

/// <summary>A step of the start of the box, and the matching step of its stop.</summary>
/// <param name="Name">Name in the log.</param>
internal sealed record Stage(string Name)
{
    /// <summary>The result of a start without problems.</summary>
    public static Task<IReadOnlyList<string>> Started { get; } = Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Returns the problems that prevent the start of the box.</summary>
    public Func<Task<IReadOnlyList<string>>> Start { get; init; } = () => Started;

    /// <summary>Stops what was started, as far as it was. Gets a token that is cancelled at the limit.</summary>
    public Func<CancellationToken, Task> Stop { get; init; } = _ => Task.CompletedTask;

    /// <summary>Time after which the stop goes on with the next stage.</summary>
    public TimeSpan StopLimit { get; init; } = Timeout.InfiniteTimeSpan;
}
