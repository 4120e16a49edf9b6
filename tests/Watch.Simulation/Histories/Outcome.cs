namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>What came of a history.</summary>
/// <param name="Script">Its steps.</param>
/// <param name="JobCount">The number of its jobs.</param>
/// <param name="Differences">Its differences from the model.</param>
/// <param name="Lines">What happened, when that is logged.</param>
internal sealed record Outcome(Script Script, int JobCount, IReadOnlyList<string> Differences, IReadOnlyList<string> Lines)
{
    /// <summary>Runs a history.</summary>
    public static Outcome Of(Site site, Script script, bool isLogged = false)
    {
        using var history = new History(site, script, isLogged);
        try
        {
            history.Run();
        }
#pragma warning disable CA1031 // An exception is a difference, of the watcher or of the simulation.
        catch (Exception problem)
        {
            return new Outcome(script, 0, [.. history.Differences, $"{problem}"], history.Lines);
        }
#pragma warning restore CA1031

        return new Outcome(script, history.JobCount, history.Differences, history.Lines);
    }

    public override string ToString() => string.Join(
        '\n',
        Script.Steps.Select(step => $"  {step}").Prepend($"{Script.Rules}").Concat(Lines).Concat(Differences).Append($"{JobCount} jobs"));
}
