namespace MeeseeksBox.CommandLine.Options;

/// <summary>The name by which the program was started; a q name implies a command.</summary>
internal static class InvokedName
{
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["qsub"] = "sub",
        ["qstat"] = "stat",
        ["qjob"] = "job",
        ["qdel"] = "del",
        ["qmod"] = "mod",
        ["qconf"] = "conf",

        // The original accepts any command after the q, and such links exist.
        ["qls"] = "ls",
        ["qget"] = "get",
        ["qkill"] = "kill",
        ["qset"] = "set",
        ["qshow"] = "show",
        ["qnodes"] = "nodes",
        ["qpools"] = "pools",
    };

    /// <summary>The name without folder and extension.</summary>
    /// <param name="path">The first word of the command line (<c>argv[0]</c>).</param>
    public static string Of(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>The command that a name implies; null if none.</summary>
    public static string? Command(string name) => Commands.GetValueOrDefault(name);
}
