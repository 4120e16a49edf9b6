using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Suspends and signals the process of a run; a plugin has none.</summary>
/// <param name="run">The run.</param>
/// <param name="isProcess">False for a plugin.</param>
/// <param name="host">The core.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives what a person should know about the run.</param>
internal sealed class ProcessControl(Run run, bool isProcess, CoreHost host, TimeProvider time, Action<string> log)
{
    private readonly Lock _lock = new();
    private volatile RunnerRun? _process;

    /// <summary>Takes the process that was started.</summary>
    public void Attach(RunnerRun process)
    {
        lock (_lock)
        {
            _process = process;

            // That of a former instance of the box may have been suspended, or resumed, just before it ended.
            if (process.WasSuspended == run.IsSuspended)
                return;
        }

        FollowSuspension();
    }

    /// <summary>Stops the processes, or continues them, as the core has it now.</summary>
    public void FollowSuspension()
    {
        if (!isProcess && run.IsSuspended)
        {
            log("it cannot be suspended: it runs in a plugin");
            _ = host.Execute((core, now) => core.SetSuspended(run.Job.Id, isSuspended: false, now));
            return;
        }

        lock (_lock)
            _process?.Suspend(run.IsSuspended);
    }

    /// <summary>Sends a signal to the process.</summary>
    /// <returns>Null when it was sent; else why it was not.</returns>
    public async Task<string?> SignalAsync(Signal signal)
    {
        if (!isProcess)
            return $"job '{run.Job.Id}' runs in a plugin: it has no process";
        if (_process is not { } process)
            return $"the process of job '{run.Job.Id}' has not started yet";

        return await process.SignalAsync(signal, time) is { } problem
            ? $"{signal.Name} cannot be sent to job '{run.Job.Id}': {problem}"
            : null;
    }
}
