using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>
/// The ids of jobs. The same work has the same id whoever asks and whenever, so that a submit that is repeated, after a crash or a lost
/// connection, meets the job that it made before.
/// </summary>
public static class WorkId
{
    private const int LongestReadable = 60;
    private const int HashLength = 16;

    /// <summary>The id of an attempt at a work.</summary>
    /// <param name="watcher">The name of the watcher, so that two of them on different hosts do not meet each other's jobs.</param>
    /// <param name="settings">The watch.</param>
    /// <param name="work">The work.</param>
    /// <param name="given">The id that the jobspec gives, filled in; null when it gives none.</param>
    /// <param name="attempt">0 for the first.</param>
    public static string Of(string watcher, WatchSettings settings, WorkItem work, string? given, int attempt)
    {
        var id = given ?? Derived(watcher, settings, work);
        return attempt == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}~{attempt}");
    }

    /// <summary>Takes the id of a later attempt, or of a part of it, apart.</summary>
    /// <param name="id">The id.</param>
    /// <param name="firstId">The id of the first attempt.</param>
    /// <param name="attempt">Which attempt it is; more than 0.</param>
    /// <returns>False when it is no later attempt.</returns>
    public static bool TryParse(string id, out string firstId, out int attempt)
    {
        var mark = id.LastIndexOf('~');
        var digits = mark < 0 ? default : id.AsSpan(mark + 1);
        var end = digits.IndexOf('.');
        firstId = mark < 0 ? id : id[..mark];
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out attempt) && attempt > 0;
    }

    private static string Derived(string watcher, WatchSettings settings, WorkItem work)
    {
        var readable = string.Create(CultureInfo.InvariantCulture, $"{settings.Name}.{work.Index}.{work.FileName ?? work.List.ToString(CultureInfo.InvariantCulture)}");
        var all = string.Create(
            CultureInfo.InvariantCulture,
            $"{watcher}\0{settings.Name}\0{settings.Path}\0{work.Index}\0{work.FileName}\0{(work.FileName is null ? work.List : 0)}\0{work.Mtime}");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
        return $"{Plain(readable)}.{hash[..HashLength]}";
    }

    // A person finds the job by what is left of its names; what tells it from others is the hash.
    private static string Plain(string text) => string.Create(Math.Min(text.Length, LongestReadable), text, (plain, from) =>
    {
        for (var i = 0; i < plain.Length; i++)
            plain[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '.' or '-' or '_' ? from[i] : '_';
    });
}
