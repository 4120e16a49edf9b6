namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Looks at the processes of this host.</summary>
/// <remarks>
/// A look reads two files for every process there is. When many jobs are killed at once they share looks: whoever asks
/// while one is going on gets the next one, together with all others who asked meanwhile.
/// </remarks>
internal sealed class ProcessTable
{
    private readonly Lock _lock = new();
    private Task<ProcessSnapshot>? _current;
    private Task<ProcessSnapshot>? _next;

    /// <summary>Looks at all processes; the look begins after the call.</summary>
    public Task<ProcessSnapshot> LookAsync()
    {
        lock (_lock)
        {
            if (_current is { IsCompleted: false })
                return _next ??= LookAfterAsync(_current);

            return _current = Task.Run(ProcessFiles.ReadAll);
        }
    }

    private async Task<ProcessSnapshot> LookAfterAsync(Task current)
    {
        // Those who asked for that look learn of its failure; this one has its own fate.
        await current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            _current = _next;
            _next = null;
        }

        return ProcessFiles.ReadAll();
    }
}
