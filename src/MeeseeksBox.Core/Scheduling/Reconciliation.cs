using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Scheduling;

/// <summary>Brings jobs in line with the runs and the pools of this node: after a restart, and with new settings.</summary>
internal sealed class Reconciliation(NodeCoreState state, RunLifecycle runLifecycle)
{
    /// <summary>Loads the jobs of a state file into an empty table.</summary>
    /// <remarks>The numbers of change continue after the loaded ones, so that a number never has two meanings across a restart.</remarks>
    public void Load(IReadOnlyCollection<Job> jobs, Instant now)
    {
        state.Jobs.AdvanceSeqTo(jobs.Select(job => job.Seq).DefaultIfEmpty().Max());
        foreach (var job in jobs.OrderBy(job => job.Seq))
            state.Jobs.Upsert(Suspension.WithoutStale(job), now).IsEndRecorded = job.HasEnded;
    }

    /// <summary>Ends the loaded jobs that ran here (docs/SPECIFICATION.md#crash-recovery). All others continue.</summary>
    public void Resume(Instant now)
    {
        foreach (var job in state.Jobs.Snapshot())
        {
            _ = state.Jobs.TryFind(job.Id, out var entry);
            Reconcile(entry!, now);
        }
    }

    /// <summary>Applies new settings. Runs in pools that were removed are stopped; all others continue.</summary>
    public void Apply(NodeSettings settings, Instant now)
    {
        state.Settings = settings;
        state.Jobs.Apply(settings, now);
        foreach (var run in state.Runs.All)
        {
            if (settings.Pool(run.Job.Spec.Pool) is null)
                state.Cancel(run, StopReason.PoolRemoved);
            else if (state.Jobs.TryFind(run.Job.Id, out var entry) && entry.Run == run)
                runLifecycle.SetLimit(run, entry.Job);
        }

        foreach (var pool in settings.Pools.Keys)
            state.Effects.Wake(pool);

        foreach (var entry in state.Jobs.HereOrUnassigned().Where(entry => entry.Job.Status.State is JobState.New))
            Reconcile(entry, now);
    }

    /// <summary>Corrects a copy that came from outside where it contradicts the runs of this node.</summary>
    public void Reconcile(JobEntry entry, Instant now)
    {
        var (job, status) = (entry.Job, entry.Job.Status);
        if (status.Node != state.Settings.Name || entry.Run is not null)
            return;

        if (status is { State: JobState.Running } or { State: JobState.Killed, Active: true })
        {
            runLifecycle.Crashed(entry, now);
        }
        else if (status.Phase is JobPhase.PresumedLost)
        {
            // The presumption was right: the run is lost. As the owner, this node confirms that.
            var error = status.State is JobState.Killed ? null : JobStatus.CrashError;
            state.RecordEnd(state.ApplyLocal(entry, status with { Active = false, Error = error }, now));
        }
        else if (status.Active != (status.State is JobState.New && state.Jobs.IsHere(job)))
        {
            state.RecordEnd(state.ApplyLocal(entry, status with { Active = !status.Active }, now));
        }
    }
}
