using System.Globalization;

namespace MeeseeksBox.Crash;

/// <summary>What was counted, and what was wrong.</summary>
internal sealed record CrashFindings
{
    /// <summary>How often the box was killed.</summary>
    public int Kills { get; init; }

    /// <summary>How many of these before it listened.</summary>
    public int EarlyKills { get; init; }

    /// <summary>Submits that were answered with the job.</summary>
    public int Submits { get; init; }

    /// <summary>Changes of a job that were answered with the job.</summary>
    public int Changes { get; init; }

    /// <summary>Kills of a job that were answered with the killed job.</summary>
    public int JobKills { get; init; }

    /// <summary>Processes that were alive after a kill of the box, and had to be ended by its next life.</summary>
    public int Orphans { get; init; }

    /// <summary>Lines of the history.</summary>
    public int Endings { get; init; }

    /// <summary>Ends of runs that were lost with the box.</summary>
    public int Crashed { get; init; }

    /// <summary>Runs that have begun.</summary>
    public int Runs { get; init; }

    /// <summary>Runs that have begun beyond those that the jobs tell of: started, not yet on disk when the box was killed, and so started again.</summary>
    public int RunsAgain { get; init; }

    /// <summary>What was wrong.</summary>
    public List<string> Faults { get; init; } = [];

    /// <summary>True when nothing was.</summary>
    public bool IsGood => Faults is [];

    /// <summary>Both together.</summary>
    public CrashFindings Plus(CrashFindings other) => new()
    {
        Kills = Kills + other.Kills,
        EarlyKills = EarlyKills + other.EarlyKills,
        Submits = Submits + other.Submits,
        Changes = Changes + other.Changes,
        JobKills = JobKills + other.JobKills,
        Orphans = Orphans + other.Orphans,
        Endings = Endings + other.Endings,
        Crashed = Crashed + other.Crashed,
        Runs = Runs + other.Runs,
        RunsAgain = RunsAgain + other.RunsAgain,
        Faults = [.. Faults, .. other.Faults],
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"killed {Kills} times ({EarlyKills} before it listened): acknowledged {Submits} submits, {Changes} changes, {JobKills} kills; {Orphans} orphans ended; "
        + $"{Endings} endings ({Crashed} crashed); {Runs} runs, {RunsAgain} of them again after a start that was not on disk; {Faults.Count} faults");
}
