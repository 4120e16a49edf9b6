namespace MeeseeksBox.Runner.Unix;

/// <summary>The file <c>status</c> of a process or a thread; see proc_pid_status(5).</summary>
internal static class StatusFile
{
    /// <summary>Reads its fields, each of which has words.</summary>
    /// <param name="folder">The folder of the process or the thread in <c>/proc</c>.</param>
    /// <exception cref="IOException">It has ended.</exception>
    public static Dictionary<string, string[]> Read(string folder) => File.ReadLines($"{folder}/status")
        .Select(line => line.Split(':', 2))
        .ToDictionary(pair => pair[0], pair => pair[1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
