namespace MeeseeksBox.Agent.Signals;

/// <summary>The result of signals to several jobs.</summary>
/// <param name="Sent">The ids of the jobs whose process was sent the signal.</param>
/// <param name="Problems">Why the others were not.</param>
internal sealed record SignalOutcome(IReadOnlyCollection<string> Sent, IReadOnlyList<string> Problems)
{
    /// <summary>The outcome of one signal.</summary>
    public static SignalOutcome Of(string id, string? problem) => problem is null ? new([id], []) : Failed(problem);

    /// <summary>The outcome of signals that were not sent.</summary>
    public static SignalOutcome Failed(string problem) => new([], [problem]);
}
