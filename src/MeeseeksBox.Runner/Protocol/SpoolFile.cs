namespace MeeseeksBox.Runner.Protocol;

/// <summary>Names the files of a runner's folder (docs/RUNNER.md#folder).</summary>
public static class SpoolFile
{
    /// <summary>The Unix socket on which the runner listens.</summary>
    /// <param name="folder">The folder of the runner.</param>
    public static string SocketOf(string folder) => Path.Combine(folder, "socket");

    /// <summary>The file with the output of a run.</summary>
    /// <param name="folder">The folder of the runner.</param>
    /// <param name="run">The id of the run.</param>
    /// <param name="stream"><c>stdout</c> or <c>stderr</c>.</param>
    public static string PathOf(string folder, string run, string stream) => Path.Combine(folder, $"{run}.{stream}");
}
