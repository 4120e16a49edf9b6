namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Finds the file of a program as a shell does.</summary>
/// <remarks>.NET's own search is not used: it looks in the folder of the box and in its current one first, and along the box's PATH instead of the job's.</remarks>
internal static class ProgramSearch
{
    // Where the C library looks when there is no PATH.
    private const string DefaultPath = "/bin:/usr/bin";

    /// <summary>Finds a program.</summary>
    /// <param name="name">A name with a '/' is a file, seen from <paramref name="folder"/>; any other is looked up along <paramref name="path"/>.</param>
    /// <param name="folder">The full path of the folder that the job works in.</param>
    /// <param name="path">The job's PATH: folders, separated by ':'; an empty one is <paramref name="folder"/>. Null when it has none.</param>
    /// <returns>The full path of the program.</returns>
    public static Result<string> Find(string name, string folder, string? path)
    {
        if (name.Contains('/'))
        {
            var file = Path.GetFullPath(name, folder);
            return Fault(file) is { } fault ? fault : file;
        }

        return Along(path ?? DefaultPath, name, folder);
    }

    private static Result<string> Along(string path, string name, string folder)
    {
        var files = path.Split(':').Select(place => Path.Combine(folder, place, name)).Where(File.Exists).ToList();
        if (name.Length == 0 || files.Count == 0)
            return new Error($"no such program: '{name}' is in none of the folders of PATH ({path})");

        var program = files.Find(file => Fault(file) is null);
        return program is null ? Fault(files[0])! : Path.GetFullPath(program);
    }

    private static Error? Fault(string file)
    {
        // File.Exists is false for a folder.
        if (File.Exists(file))
        {
            return LibC.Access(file, LibC.Executable) == 0
                ? null
                : new Error($"{file} may not be executed: 'chmod +x' makes a file a program");
        }

        return new Error(Directory.Exists(file) ? $"{file} is a folder, not a program" : $"no such program: {file}");
    }
}
