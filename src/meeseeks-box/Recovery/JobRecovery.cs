using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Ending;
using Serilog;

namespace MeeseeksBox.Agent.Recovery;

/// <summary>Restores the jobs of the previous run of the box, and takes over or ends their processes.</summary>
/// <remarks>See docs/SPECIFICATION.md#crash-recovery.</remarks>
/// <param name="node">The name of this node.</param>
/// <param name="owner">The prefix of all run ids of this box.</param>
/// <param name="store">The stored state.</param>
/// <param name="host">Its core gets the jobs.</param>
/// <param name="history">Gets the ends of runs that a crash kept from it.</param>
/// <param name="runner">Has the processes of the previous run that go on.</param>
/// <param name="pools">Takes them over.</param>
/// <param name="users">Tells as which user each job runs.</param>
/// <param name="orphans">Kills all others.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives the result of the kills.</param>
/// <param name="stateLog">Receives damage of the files.</param>
internal sealed class JobRecovery(
    string node,
    string owner,
    StateStore store,
    CoreHost host,
    History history,
    RunnerHost runner,
    PoolSet pools,
    Func<Job, uint?> users,
    Orphans orphans,
    TimeProvider time,
    ILogger log,
    ILogger stateLog)
{
    /// <summary>Loads the state file, replays the journal over it, and kills what is left of the runs.</summary>
    /// <remarks>No pool runs yet, so that the orphans are gone before any job starts. The first checkpoint follows.</remarks>
    /// <returns>The problems that prevent the start, with all files unchanged.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        Job[] interrupted;
        var former = await runner.AdoptAsync();
        var adopted = new List<AdoptedRun>();
        try
        {
            interrupted = Restore(former, adopted);
        }
        catch (IOException problem)
        {
            return [problem.Message];
        }

        // Reading a large state leaves more garbage than its own size, which an idle node would never collect.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        foreach (var stale in former.Except(adopted.Select(run => run.Process)))
            stale.Forget();

        pools.Adopt(adopted);
        if (adopted.Count > 0)
            log.Information("jobs of a previous run go on: {Jobs}", string.Join(", ", adopted.Select(run => run.Run.Job.Id)));

        LogKilled(await orphans.EndByMarkAsync(owner, [.. adopted.Select(run => run.Process.Id)]));
        foreach (var job in interrupted)
        {
            if (users(job) is { } user)
                LogKilled(await orphans.EndByPidAsync(job.Status.Pid!.Value, job.Status.StartTs!.Value, user));
        }

        return [];
    }

    // Returns the jobs that were running at the end of the previous run. A method of its own, so that all the rest of what it reads is
    // garbage once it has returned.
    private Job[] Restore(IReadOnlyList<RunnerRun> former, List<AdoptedRun> adopted)
    {
        var reader = new JournalReader(host.Outputs, time, stateLog);
        var removed = store.Tombstones.Load(host.Outputs);
        var jobs = host.Outputs.Keep([.. reader.Read(store.File.Load(host.Outputs), store.JournalFiles)], _ => []);
        RotateJournal();
        history.AddMissing(reader.Endings);
        host.Restore(jobs, [.. removed, .. reader.Removed], store.Journal, Adopt);
        host.Outputs.Restore(
            host.Execute((core, _) => (Job[])[.. core.Snapshot(), .. core.TombstonesSince(-1)]),
            reader.Endings,
            [.. adopted.Select(run => run.Process.Id)]);
        log.Information("jobs restored from {File}: {Count}; changes in its journal: {Changes}", store.File.Path, jobs.Count, reader.Count);
        var goesOn = adopted.Select(run => run.Run.Job.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. jobs.Where(job => job.Status.Node == node && job.Status is { Active: true, Pid: not null, StartTs: not null }
                && !goesOn.Contains(job.Id)),
        ];

        void Adopt(NodeCore core, Instant now)
        {
            foreach (var process in former)
            {
                if (runner.FormerOf(process) is { } known && core.Adopt(known, now) is { } run)
                    adopted.Add(new AdoptedRun(run, process, run.Limit));
            }
        }
    }

    private void RotateJournal()
    {
        try
        {
            store.JournalFiles.FlushFormer();
            store.JournalFiles.Rotate();
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            var file = store.JournalFiles.Current;
            throw new IOException($"state.file: its journal {file} cannot be rotated: {FileProblem.Reason(file, problem)}", problem);
        }
    }

    private void LogKilled(KillResult result)
    {
        if (result.Killed.Count > 0)
            log.Warning("processes left over from a previous run killed: {Processes}", string.Join(", ", result.Killed));

        if (result.Left.Count > 0)
            log.Error("processes left over from a previous run could not be killed: {Processes}", string.Join(", ", result.Left));
    }
}
