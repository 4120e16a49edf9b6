namespace MeeseeksBox.Runner.Protocol;

/// <summary>The mark of the processes of a run.</summary>
public static class RunVariable
{
    /// <summary>The environment variable with the id of the run, which its processes inherit.</summary>
    public const string Name = "MEESEEKS_RUN";
}
