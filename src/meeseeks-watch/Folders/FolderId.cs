using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What distinguishes a folder from all others, also from a later one with the same path.</summary>
/// <param name="Device">The number of its file system.</param>
/// <param name="Number">Its number there.</param>
/// <param name="BirthTime">When it was made, because numbers are used again; 0 when the file system does not know.</param>
internal readonly record struct FolderId(ulong Device, ulong Number, long BirthTime)
{
    /// <summary>The folder at a path; null when there is none.</summary>
    public static FolderId? Of(string path) =>
        FileKind.FactsOf(path) is { Kind: FileKind.Folder } facts ? new FolderId(facts.Device, facts.Number, facts.BirthTime) : null;
}
