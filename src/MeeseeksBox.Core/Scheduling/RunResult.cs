namespace MeeseeksBox.Core.Scheduling;

/// <summary>How a run ended, as its task tells it.</summary>
/// <param name="Succeeded">The work was done.</param>
/// <param name="Rc">The exit status, where there is one.</param>
/// <param name="Error">Why it failed, in a person's words, where the exit status does not say it all.</param>
public readonly record struct RunResult(bool Succeeded, int? Rc = null, string? Error = null);
