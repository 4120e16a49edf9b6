using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Runner.Limits;

/// <summary>Enforces the limits of one run: by its control group where the system can, else by other means.</summary>
/// <remarks>
/// See docs/RUNNER.md#limits. <see cref="Prepare"/> is called on the thread that starts the process, all else on the loop.
/// </remarks>
/// <param name="limits">The limits.</param>
/// <param name="group">The group of the run; null without one.</param>
/// <param name="watch">Watches the memory of runs without a controller for it.</param>
/// <param name="processors">Chooses processors for runs without a controller for them.</param>
internal sealed class LimitedRun(RunLimits limits, RunGroup? group, MemoryWatch watch, ProcessorChoice processors)
{
    // Of what a process has allocated, it may never use a part. So this limit is much wider, and ends what grows between two samples.
    private const long DataFactor = 2;
    private const long MoreData = 1L << 30;

    private StartLimits? _prepared;
    private WatchedRun? _watched;
    private bool _isExceeded;

    // Whether the system ends the run over its limit of memory.
    private bool IsMemoryControlled => limits.Memory is not null && _prepared is { Data: null };

    /// <summary>Makes the group, sets its limits, and tells what the process has to set for itself.</summary>
    public StartLimits Prepare()
    {
        if (_prepared is { } former)
            return former;

        var folder = group?.TryMake();
        var data = folder is not null && limits.Memory is { } bytes && GroupLimits.TrySetMemory(folder, bytes)
            ? null
            : (limits.Memory * DataFactor) + MoreData;
        var chosen = limits.Cpus is { } cpus && (folder is null || !GroupLimits.TrySetCpus(folder, cpus)) ? processors.Take(cpus) : [];
        return _prepared = new StartLimits(folder, data, chosen);
    }

    /// <summary>Begins to enforce the limits of a process that has started.</summary>
    /// <param name="tree">The processes of the run.</param>
    /// <param name="exceeded">Called when they use more memory than they may.</param>
    public void Started(ProcessTree tree, Action exceeded)
    {
        if (limits.Memory is not { } bytes || IsMemoryControlled)
            return;

        _watched = new WatchedRun(tree, _prepared?.Group is null ? null : group, bytes, () =>
        {
            _isExceeded = true;
            exceeded();
        });
        watch.Add(_watched);
    }

    /// <summary>Ends the enforcement, at the end of the run or after a start that has failed.</summary>
    /// <param name="report">Receives the limit over which the run was ended; null when nothing has run.</param>
    public void End(RunnerMessage? report)
    {
        if (_watched is not null)
            watch.Remove(_watched);
        if (_prepared is not null)
            processors.Return(_prepared.Processors);

        if (_isExceeded || (IsMemoryControlled && GroupLimits.HasExceededMemory(_prepared!.Group!)))
            _ = report?.With(RunnerField.Exceeded, RunnerField.Memory).With(RunnerField.Memory, limits.Memory!.Value);
    }
}
