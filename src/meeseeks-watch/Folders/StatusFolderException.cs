using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>No status file can be written or removed in a folder.</summary>
/// <remarks>Its message names the folder, not a temporary file, so that it stays the same at each attempt.</remarks>
internal sealed class StatusFolderException(string folder, string path, Exception problem)
    : IOException($"{folder}: {Reason(path, problem)}", problem)
{
    private static string Reason(string path, Exception problem) =>
        problem is FileNotFoundException or DirectoryNotFoundException ? "there is no such folder" : FileProblem.Reason(path, problem);
}
