namespace MeeseeksBox.WatchAgent.Control;

/// <summary>A request to a running watcher: one line of JSON. One of its members is set.</summary>
internal sealed record ControlRequest
{
    /// <summary>True to ask for the status.</summary>
    public bool? Status { get; init; }

    /// <summary>Runs files again.</summary>
    public AgainRequest? Again { get; init; }
}
