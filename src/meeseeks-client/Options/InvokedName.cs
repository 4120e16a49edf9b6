namespace MeeseeksBox.CommandLine.Options;

/// <summary>The name that the program was started under: the q names imply a command.</summary>
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

        // The original takes whatever stands behind the q; people have made these links.
        ["qls"] = "ls",
        ["qget"] = "get",
        ["qkill"] = "kill",
        ["qset"] = "set",
        ["qshow"] = "show",
        ["qnodes"] = "nodes",
        ["qpools"] = "pools",
    };

    /// <summary>The name without its folder.</summary>
    /// <param name="path">The first word of the command line (<c>argv[0]</c>).</param>
    public static string Of(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>The command that a name implies; null when it implies none.</summary>
    public static string? Command(string name) => Commands.GetValueOrDefault(name);
}
