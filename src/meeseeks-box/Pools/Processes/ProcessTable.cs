namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Shows the processes of this host.</summary>
/// <remarks>
/// A look reads two files for every process there is. When many jobs are killed at once they share looks: whoever asks
/// while one is going on gets the next one, together with all others who asked meanwhile.
/// </remarks>
/// <param name="read">One look.</param>
internal sealed class ProcessTable(Func<ProcessSnapshot> read)
{
    private readonly Lock _lock = new();
    private Task<ProcessSnapshot>? _current;
    private Task<ProcessSnapshot>? _next;

    /// <summary>Looks at the processes of this host.</summary>
    public ProcessTable()
        : this(ProcFs.ReadAll)
    {
    }

    /// <summary>Looks at all processes; the look begins after the call.</summary>
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
        // Those who asked for that look learn of its failure; this one has its own fate.
        await current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            _current = _next;
            _next = null;
        }

        return read();
    }
}
