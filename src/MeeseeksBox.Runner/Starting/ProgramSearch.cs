using MeeseeksBox.Foundation;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Finds the file of a program as a shell does.</summary>
/// <remarks>
/// The search of .NET does not fit: it begins with the folder of the box and the current one, and uses the PATH of the box instead of
/// the job's.
/// </remarks>
internal static class ProgramSearch
{
    // The default of the C library without a PATH.
    private const string DefaultPath = "/bin:/usr/bin";

    /// <summary>Finds a program.</summary>
    /// <param name="name">With a '/' a path, relative to <paramref name="folder"/>; else a name in <paramref name="path"/>.</param>
    /// <param name="folder">Full path of the working directory of the job.</param>
    /// <param name="path">Folders, separated by ':'; an empty one means <paramref name="folder"/>. Null without a PATH.</param>
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
        Error? first = null;
        foreach (var place in name.Length is 0 ? [] : path.Split(':'))
        {
            var file = Path.Combine(folder, place, name);
            if (FileKind.Of(file) is FileKind.None or FileKind.Folder)
                continue;
            if (ModeFault(file) is not { } fault)
                return Path.GetFullPath(file);

            first ??= fault;
        }

        return first ?? new Error($"no such program: '{name}' is in none of the folders of PATH ({path})");
    }

    private static Error? Fault(string file)
    {
        var kind = FileKind.Of(file);
        return kind is not (FileKind.None or FileKind.Folder)
            ? ModeFault(file)
            : new Error(kind is FileKind.Folder ? $"{file} is a folder, not a program" : $"no such program: {file}");
    }

    private static Error? ModeFault(string file) => LibC.Access(file, AccessMode.Executable) == 0
        ? null
        : new Error($"{file} may not be executed: 'chmod +x' makes a file a program");
}
