namespace MeeseeksBox.Runner.Ending;

/// <summary>Takes snapshots of the processes of this host.</summary>
/// <remarks>
/// A snapshot reads two files for every process. Concurrent kills share snapshots: all callers during one snapshot get the next one.
/// </remarks>
/// <param name="read">Takes one snapshot.</param>
internal sealed class ProcessTable(Func<ProcessSnapshot> read)
{
    private readonly Lock _lock = new();
    private Task<ProcessSnapshot>? _current;
    private Task<ProcessSnapshot>? _next;

    /// <summary>Creates a table that reads <c>/proc</c>.</summary>
    public ProcessTable()
        : this(ProcFs.ReadAll)
    {
    }

    /// <summary>Takes a snapshot that begins after the call.</summary>
    public Task<ProcessSnapshot> SnapshotAsync()
    {
        lock (_lock)
        {
            if (_current is { IsCompleted: false })
                return _next ??= SnapshotAfterAsync(_current);

            return _current = Task.Run(read);
        }
    }

    private async Task<ProcessSnapshot> SnapshotAfterAsync(Task current)
    {
        // The callers of the current snapshot observe its failure.
        await current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            _current = _next;
            _next = null;
        }

        return read();
    }
}
