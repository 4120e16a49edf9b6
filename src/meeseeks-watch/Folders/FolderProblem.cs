using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Finds why a folder cannot be watched.</summary>
internal static class FolderProblem
{
    /// <summary>The problem, as a clause for people; null when the folder can be read.</summary>
    public static string? Of(string path) => FileKind.Of(path) switch
    {
        FileKind.Folder => ProblemOfRead(path),
        FileKind.None when FileKind.FactsOf(path, isFollowed: false) is not null => "it is a link to a folder that does not exist",
        FileKind.None => "there is no such folder",
        _ => "it is a file, and path names a folder",
    };

    private static string? ProblemOfRead(string path)
    {
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
            _ = entries.MoveNext();
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return "this user may not read it";
        }
        catch (IOException problem)
        {
            return problem.Message;
        }
    }
}
