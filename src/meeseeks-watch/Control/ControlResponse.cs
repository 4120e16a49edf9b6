using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.WatchAgent.Control;

/// <summary>The answer of a running watcher: one line of JSON. One of its members is set.</summary>
internal sealed record ControlResponse
{
    /// <summary>The status.</summary>
    public WatcherStatus? Status { get; init; }

    /// <summary>What runs again.</summary>
    public AgainResult? Again { get; init; }

    /// <summary>Why the request was refused.</summary>
    public string? Error { get; init; }
}
