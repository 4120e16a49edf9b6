namespace MeeseeksBox.Client.Connections;

/// <summary>A line that was given to a connection and has no answer yet.</summary>
/// <param name="Line">The line without its newline.</param>
/// <param name="MaxWait">How long the box may hold the answer back.</param>
internal sealed record PendingRequest(ReadOnlyMemory<byte> Line, TimeSpan MaxWait)
{
    /// <summary>The line that answers it. What waits for it must not run on the loop that reads.</summary>
    public TaskCompletionSource<ReadOnlyMemory<byte>> Response { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
