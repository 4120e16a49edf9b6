using MeeseeksBox.Core.Runs;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>What becomes a part of the result of a run at the end of its process.</summary>
/// <param name="Outputs">What it has printed.</param>
/// <param name="Usage">The resources that it has used; null when they are not known.</param>
/// <param name="EndTs">When it has ended, in seconds since 1970; null: now.</param>
internal sealed record ProcessEnd(KeptOutputs Outputs, RunUsage? Usage, double? EndTs);
