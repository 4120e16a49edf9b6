using System.Globalization;
using System.Security.Cryptography;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>Derives the ids of jobs.</summary>
/// <remarks>
/// The same work always has the same id. A submit that is repeated after a crash or a lost connection therefore finds the job that it
/// made before.
/// </remarks>
public static class WorkId
{
    private const int LongestReadable = 60;
    private const int HashLength = 16;

    /// <summary>The id of one attempt at a work item.</summary>
    /// <param name="watcher">The name of the watcher, which separates the jobs of watchers on different hosts.</param>
    /// <param name="settings">The watch.</param>
    /// <param name="work">The work item.</param>
    /// <param name="given">The id of the jobspec, with its formats replaced; null when it has none.</param>
    /// <param name="attempt">The number of the attempt, from 0.</param>
    /// <param name="folder">The folder of its file, where it is known which one is at the path; null as in version 0.1.0.</param>
    public static string Of(string watcher, WatchSettings settings, WorkItem work, string? given, int attempt, string? folder = null)
    {
        // An id is Unicode, which a file name in it need not be.
        var id = given is null ? Derived(watcher, settings, work, folder)
            : ByteText.HasBytes(given) ? SingleLine.Of(given)
            : given;
        return attempt == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}~{attempt}");
    }

    /// <summary>What distinguishes work from all other work that has the same id of a jobspec.</summary>
    /// <remarks>It has no name of the watch or path: a renamed watch goes on with its jobs.</remarks>
    /// <param name="work">The work item.</param>
    /// <param name="folder">The folder of its file; null where it is not known which one is at the path.</param>
    public static string KeyOf(WorkItem work, string? folder) =>
        HashOf(string.Create(
            CultureInfo.InvariantCulture, $"{work.Index}\0{work.SetKey ?? work.FileName}\0{work.List}\0{work.Mtime}\0{folder}"));

    /// <summary>The readable beginning of a derived id, which is that of all versions of a file in all folders at a path.</summary>
    public static string ReadablePart(string id)
    {
        var firstId = FirstOf(id);
        return firstId[..Math.Max(0, firstId.LastIndexOf('.'))];
    }

    /// <summary>The id of the first attempt at the work of a job.</summary>
    public static string FirstOf(string id)
    {
        _ = TryParse(id, out var firstId, out _);
        return firstId;
    }

    /// <summary>Parses the id of a later attempt, or of a part of it.</summary>
    /// <param name="id">The id of a job.</param>
    /// <param name="firstId">The id of the first attempt.</param>
    /// <param name="attempt">The number of the attempt, above 0.</param>
    /// <returns>False when it is not the id of a later attempt.</returns>
    public static bool TryParse(string id, out string firstId, out int attempt)
    {
        var mark = id.LastIndexOf('~');
        var digits = mark < 0 ? default : id.AsSpan(mark + 1);
        var end = digits.IndexOf('.');
        firstId = mark < 0 ? id : id[..mark];
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out attempt) && attempt > 0;
    }

    /// <summary>The id of the job of <c>on_late</c>: the same one for all watchers and instances that notice the same.</summary>
    /// <param name="watcher">The name of the watcher.</param>
    /// <param name="settings">The watch.</param>
    /// <param name="dueAt">The moment by which a file was due.</param>
    public static string OfLate(string watcher, WatchSettings settings, long dueAt)
    {
        var all = string.Create(CultureInfo.InvariantCulture, $"{watcher}\0{settings.Name}\0{settings.Path}\0late\0{dueAt}");
        return $"{Plain($"{settings.Name}.late")}.{HashOf(all)}";
    }

    // A set has the same id whichever of its candidates it begins with. In a list of jobspecs, each list has a job.
    private static string Derived(string watcher, WatchSettings settings, WorkItem work, string? folder)
    {
        var end = folder is null ? "" : $"\0{folder}";
        if (work.SetKey is { } set)
        {
            var list = settings.Jobs[work.Index].IsList ? work.List : 0;
            var key = string.Create(
                CultureInfo.InvariantCulture,
                $"{watcher}\0{settings.Name}\0{settings.Path}\0{work.Index}\0set\0{set}\0{list}\0{work.Mtime}{end}");
            return string.Create(CultureInfo.InvariantCulture, $"{Plain($"{settings.Name}.{work.Index}.{set}")}.{HashOf(key)}");
        }

        var file = work.FileName ?? work.List.ToString(CultureInfo.InvariantCulture);
        var readable = string.Create(CultureInfo.InvariantCulture, $"{settings.Name}.{work.Index}.{file}");
        var all = string.Create(
            CultureInfo.InvariantCulture,
            $"{watcher}\0{settings.Name}\0{settings.Path}\0{work.Index}\0{work.FileName}\0"
            + $"{(work.FileName is null ? work.List : 0)}\0{work.Mtime}{end}");
        return $"{Plain(readable)}.{HashOf(all)}";
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(ByteText.Encode(text)))[..HashLength];

    // The readable beginning is for people. The hash makes the id unique.
    private static string Plain(string text) => string.Create(Math.Min(text.Length, LongestReadable), text, (plain, from) =>
    {
        for (var i = 0; i < plain.Length; i++)
            plain[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '.' or '-' or '_' ? from[i] : '_';
    });
}
