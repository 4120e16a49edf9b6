using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Gives the attributes with the results of a former name of a watch its present name (<c>was</c>).</summary>
/// <remarks>The new one is set first. A crash leaves some files with both, and the next start removes the rest.</remarks>
internal static class FormerAttributes
{
    // The one that counts comes first, and keeps the others out.
    private static readonly StatusState[] Results = [StatusState.Done, StatusState.Killed, StatusState.Failed];

    /// <summary>Renames the attributes of all files in a folder. Where the watch has a result of its own, that counts.</summary>
    /// <param name="folder">The watched folder.</param>
    /// <param name="former">The former name.</param>
    /// <param name="watch">The present name.</param>
    /// <returns>The number of attributes.</returns>
    /// <exception cref="IOException">The folder, or a file, cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static int Take(string folder, string former, string watch)
    {
        var (from, to) = (new AttributeName(former), new AttributeName(watch));
        var prefix = Encoding.UTF8.GetBytes(from.Prefix);
        using var held = ByteText.HasBytes(folder) ? HeldFolder.TryOpen(folder) : null;
        var read = Directory.EnumerateFiles(held?.Path ?? folder).Select(path => Path.GetFileName(path)).ToList();
        var hasByteNames = read.Exists(name => ByteNames.MayBe(name));
        var names = hasByteNames ? [.. read.Where(name => !ByteNames.MayBe(name)), .. ByteNames.In(folder)] : read;
        return names.Where(name => !RelativePath.IsHidden(name)).Sum(name => TakeOf(Path.Join(folder, name), prefix, from, to));
    }

    // A file that is not ours to write keeps the former ones. It is not processed anyway.
    private static int TakeOf(string file, byte[] prefix, AttributeName from, AttributeName to)
    {
        var count = 0;
        var all = ExtendedAttributes.NamesOf(file, prefix)
            .Where(name => from.TryParse(name, out _, out _))
            .OrderBy(name => from.TryParse(name, out _, out var state) ? Array.IndexOf(Results, state) : 0);
        foreach (var name in all)
        {
            _ = from.TryParse(name, out var index, out var state);
            var taken = Results.Contains(state) ? Results : [state];
            var isKnown = taken.Any(one => ExtendedAttributes.ValueOf(file, to.Of(index, one)) is not null);
            if (!isKnown && ExtendedAttributes.TrySet(file, to.Of(index, state), ExtendedAttributes.ValueOf(file, name)) != 0)
                continue;
            _ = ExtendedAttributes.TryRemove(file, name);
            count++;
        }

        return count;
    }
}
