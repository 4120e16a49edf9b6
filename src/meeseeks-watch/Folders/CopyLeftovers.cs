using System.IO.Enumeration;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Removes the copies that a crash has left in a target, and of which no account is left.</summary>
/// <remarks>Each target is searched once, before its first copy has its name.</remarks>
internal sealed class CopyLeftovers
{
    // In units of 100 ns. Another watcher may be writing a younger one.
    private const long Age = 10 * TimeSpan.TicksPerMinute;

    private readonly HashSet<FileId> _searched = [];

    /// <summary>Searches a target, unless that was done.</summary>
    /// <param name="target">The target.</param>
    /// <param name="depth">How many folders deep it has files.</param>
    /// <param name="names">The names of the watch.</param>
    /// <param name="now">The time by the clock of the file system, in units of 100 ns since 1970.</param>
    public void Remove(HeldFolder target, int depth, StatusName names, long now)
    {
        if (!_searched.Add(target.Id))
            return;
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        (options.RecurseSubdirectories, options.MaxRecursionDepth) = (depth > 0, depth);
        var copies = new FileSystemEnumerable<string>(target.Path, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && names.IsCopy(entry.FileName),
        };
        foreach (var copy in copies)
        {
            if (FileKind.FactsOf(copy, isFollowed: false) is not { Kind: FileKind.Regular, ChangeTime: var time } || time > now - Age)
                continue;
            try
            {
                ByteFile.Delete(copy);
            }
            catch (Exception problem) when (FileProblem.Is(problem))
            {
                // It may belong to another user. It harms nothing.
            }
        }
    }
}
