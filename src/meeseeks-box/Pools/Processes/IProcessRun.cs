using MeeseeksBox.Core.Runs;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>One run of a job, for a task of the box itself.</summary>
internal interface IProcessRun : IJobRun
{
    /// <summary>Sets the output of the run, which becomes a part of its result.</summary>
    void ReportOutputs(KeptOutputs outputs);
}
