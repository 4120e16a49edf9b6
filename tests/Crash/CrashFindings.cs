using System.Globalization;

namespace MeeseeksBox.Crash;

/// <summary>The counts and faults of a test.</summary>
internal sealed record CrashFindings
{
    /// <summary>The number of kills of the box.</summary>
    public int Kills { get; init; }

    /// <summary>The number of kills before the box listened.</summary>
    public int EarlyKills { get; init; }

    /// <summary>The number of acknowledged submits.</summary>
    public int Submits { get; init; }

    /// <summary>The number of acknowledged changes of a job.</summary>
    public int Changes { get; init; }

    /// <summary>The number of acknowledged kills of a job.</summary>
    public int JobKills { get; init; }

    /// <summary>The number of processes of jobs that outlived a kill of the box, summed over all kills.</summary>
    public int Outlived { get; init; }

    /// <summary>The number of lines in the history.</summary>
    public int Endings { get; init; }

    /// <summary>The number of runs that were lost in a kill of the box.</summary>
    public int Crashed { get; init; }

    /// <summary>The number of started runs.</summary>
    public int Runs { get; init; }

    /// <summary>The number of runs beyond the start counts of the jobs.</summary>
    public int RunsAgain { get; init; }

    /// <summary>The faults.</summary>
    public List<string> Faults { get; init; } = [];

    /// <summary>Whether there is no fault.</summary>
    public bool IsGood => Faults is [];

    /// <summary>The sum of two findings.</summary>
    public CrashFindings Plus(CrashFindings other) => new()
    {
        Kills = Kills + other.Kills,
        EarlyKills = EarlyKills + other.EarlyKills,
        Submits = Submits + other.Submits,
        Changes = Changes + other.Changes,
        JobKills = JobKills + other.JobKills,
        Outlived = Outlived + other.Outlived,
        Endings = Endings + other.Endings,
        Crashed = Crashed + other.Crashed,
        Runs = Runs + other.Runs,
        RunsAgain = RunsAgain + other.RunsAgain,
        Faults = [.. Faults, .. other.Faults],
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"killed {Kills} times ({EarlyKills} before it listened): acknowledged {Submits} submits, {Changes} changes, {JobKills} kills; "
        + $"{Outlived} times a process of a job outlived the box; {Endings} ends ({Crashed} crashed); {Runs} runs, {RunsAgain} twice;"
        + $" {Faults.Count} faults");
}
