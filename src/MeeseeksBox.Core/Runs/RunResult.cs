namespace MeeseeksBox.Core.Runs;

/// <summary>The result of a run, as its task reports it.</summary>
/// <param name="Succeeded">True when the task has succeeded.</param>
/// <param name="Rc">The exit status; null when there is none.</param>
/// <param name="Error">Why it failed, where the exit status does not show the reason.</param>
/// <param name="EndTs">When it ended, in seconds since 1970; null: now.</param>
/// <param name="Outputs">Its output; null when the task has reported it, or there is none.</param>
/// <param name="Usage">The resources that it has used; null when they are not known.</param>
public readonly record struct RunResult(
    bool Succeeded, int? Rc = null, string? Error = null, double? EndTs = null, KeptOutputs? Outputs = null,
    RunUsage? Usage = null);
