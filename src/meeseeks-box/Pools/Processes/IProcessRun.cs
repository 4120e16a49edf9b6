using MeeseeksBox.Core.Runs;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>One run of a job, for a task of the box itself.</summary>
internal interface IProcessRun : IJobRun
{
    /// <summary>As which it is started.</summary>
    RunAccount Account { get; }

    /// <summary>What a later instance of the box needs to recognize the run.</summary>
    FormerRun Identity { get; }

    /// <summary>Takes the process that was started, before <see cref="Started(int, double)"/>.</summary>
    void Attach(RunnerRun process);

    /// <summary>Marks the job as running.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="startTs">When it started, in seconds since 1970.</param>
    void Started(int pid, double startTs);

    /// <summary>Its time limit.</summary>
    RunTimeLimit Limit { get; }

    /// <summary>True when the box has given up the run: its task was killed, but did not end in time.</summary>
    bool IsAbandoned { get; }

    /// <summary>Sets what becomes a part of the result of the run.</summary>
    /// <param name="end">The end of its process.</param>
    /// <param name="recorded">Called with a task that completes when the result is recorded.</param>
    /// <returns>False for an abandoned run, which has another result already.</returns>
    bool TryReportEnd(ProcessEnd end, Action<Task> recorded);
}
