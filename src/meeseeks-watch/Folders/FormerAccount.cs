using System.IO.Enumeration;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Gives the status files of a former name of a watch its present name (<c>was</c>).</summary>
/// <remarks>Each is renamed atomically. A crash leaves some with either name, and the next start renames the rest.</remarks>
internal static class FormerAccount
{
    // The one that counts comes first, and keeps the others out.
    private static readonly StatusState[] Results = [StatusState.Done, StatusState.Killed, StatusState.Failed];

    /// <summary>Renames the results of a watch, also those of its sub-folders.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="root">The folder of its status files.</param>
    /// <param name="former">The former name.</param>
    /// <returns>The number of results.</returns>
    /// <exception cref="IOException">One cannot be renamed, or a folder not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static int Take(WatchSettings settings, string root, string former)
    {
        var account = StatusAccount.Of(settings, () => root);
        var folders = new FolderReader(settings, new HiddenNames(settings), account).Folders(root);
        return folders.Sum(folder => account.TakeFormer(Path.Join(root, folder), former));
    }

    /// <summary>Renames the status files in a folder. Where the watch has a result of its own, that counts.</summary>
    /// <param name="folder">The folder of the status files.</param>
    /// <param name="former">The former name.</param>
    /// <param name="watch">The present name.</param>
    /// <returns>The number of status files.</returns>
    /// <exception cref="IOException">One cannot be renamed, or the folder not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static int Take(string folder, string former, string watch)
    {
        var (from, to) = (new StatusName(former), new StatusName(watch));
        using var held = ByteText.HasBytes(folder) ? HeldFolder.TryOpen(folder) : null;
        var read = Names(held?.Path ?? folder, from.Prefix).ToList();
        if (read.Exists(name => ByteNames.MayBe(name)))
            read = [.. read.Where(name => !ByteNames.MayBe(name)), .. ByteNames.In(folder)];
        var names = read.Where(name => from.TryParse(name, out _, out _))
            .OrderBy(name => from.TryParse(name, out _, out var state) ? Array.IndexOf(Results, state) : 0).ToList();
        foreach (var name in names)
        {
            _ = from.TryParse(name, out var key, out var state);
            var taken = Results.Contains(state) ? Results : [state];
            if (taken.Any(one => ByteFile.Exists(Path.Join(folder, to.Of(key, one)))))
                ByteFile.Delete(Path.Join(folder, name));
            else
                ByteFile.Replace(Path.Join(folder, name), Path.Join(folder, to.Of(key, state)));
        }

        var (late, ownLate) = (Path.Join(folder, from.LateAccount), Path.Join(folder, to.LateAccount));
        if (File.Exists(late))
            File.Move(late, ownLate, overwrite: true);
        return names.Count;
    }

    private static FileSystemEnumerable<string> Names(string folder, string prefix) => new(
        folder,
        (ref FileSystemEntry entry) => entry.FileName.ToString(),
        new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            entry.FileName.StartsWith(prefix, StringComparison.Ordinal) && !entry.IsDirectory,
    };
}
