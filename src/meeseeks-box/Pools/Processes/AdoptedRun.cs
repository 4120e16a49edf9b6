using MeeseeksBox.Core.Runs;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A run that a former instance of the box has started.</summary>
/// <param name="Run">The run in the core.</param>
/// <param name="Process">The same run in the runner.</param>
/// <param name="Limit">Its time limit, from its start, in seconds; null for none.</param>
internal sealed record AdoptedRun(Run Run, RunnerRun Process, double? Limit);
