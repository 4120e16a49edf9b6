namespace MeeseeksBox.Client.Connections;

/// <summary>A line that waits for its answer, sent or not.</summary>
/// <param name="Line">The line without its newline.</param>
/// <param name="MaxWait">The longest time that the box may hold the answer.</param>
internal sealed record PendingRequest(ReadOnlyMemory<byte> Line, TimeSpan MaxWait)
{
    /// <summary>The line that answers it. Its continuations do not run on the receive loop.</summary>
    public TaskCompletionSource<ReadOnlyMemory<byte>> Response { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
