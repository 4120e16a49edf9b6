namespace MeeseeksBox.Runner.Ending;

/// <summary>The result of a kill.</summary>
/// <param name="Killed">Processes that were killed.</param>
/// <param name="Left">Processes that could not be killed.</param>
internal sealed record KillResult(IReadOnlyList<ProcessEntry> Killed, IReadOnlyList<ProcessEntry> Left);
