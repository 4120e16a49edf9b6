namespace MeeseeksBox.Runner.Protocol;

/// <summary>Names the files of a runner's folder (docs/RUNNER.md#folder).</summary>
public static class SpoolFile
{
    /// <summary>The Unix socket on which the runner listens.</summary>
    public const string Socket = "socket";

    /// <summary>The beginning of the name of the runs folder of a box without a state file.</summary>
    public const string TemporaryPrefix = "meeseeks-box-";

    /// <summary>The file with the output of a run.</summary>
    /// <param name="run">The id of the run.</param>
    /// <param name="stream"><c>stdout</c> or <c>stderr</c>.</param>
    public static string NameOf(string run, string stream) => $"{run}.{stream}";
}
