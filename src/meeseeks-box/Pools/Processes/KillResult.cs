namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>What became of processes that were to be ended.</summary>
/// <param name="Killed">Those that were killed.</param>
/// <param name="Left">Those that could not be.</param>
internal sealed record KillResult(IReadOnlyList<ProcessEntry> Killed, IReadOnlyList<ProcessEntry> Left);
