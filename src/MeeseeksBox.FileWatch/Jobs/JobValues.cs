using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.FileWatch.Templates;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Jobs;

/// <summary>The values of the formats for one job of a watch (docs/SPECIFICATION.md#job-formats).</summary>
/// <remarks>They come from the watch, the file, the fileset, and the keys of the watch itself.</remarks>
/// <param name="settings">The watch.</param>
/// <param name="work">The work item.</param>
/// <param name="more">Values of this job alone; null for none.</param>
public sealed class JobValues(WatchSettings settings, WorkItem work, IReadOnlyDictionary<string, string>? more = null) : IJobValues
{
    /// <inheritdoc/>
    public Result<string> Find(string key)
    {
        if (OwnValue(key) is { } own)
            return own;
        if (!settings.Keys.TryGet(key, out var value) || value is ConfigScalar { IsNull: true })
        {
            var without = work.FileName is null ? " for a job without files" : "";
            return new Error($"%({key})s: there is no such value{without}, and no key '{key}' in the watch");
        }

        return TextOf(value) is { } text ? text : new Error($"%({key})s: {value.Display} cannot be put into a text");
    }

    private string? OwnValue(string key)
    {
        if (more?.TryGetValue(key, out var value) is true)
            return value;
        if (key == "name")
            return settings.Name;
        if (key == "index")
            return work.Index.ToString(CultureInfo.InvariantCulture);
        if (work.FileName is not { } file)
            return null;
        return key switch
        {
            "filename" => RelativePath.NameOf(file),
            "subdir" => RelativePath.FolderOf(file),
            "file" => $"{(settings.Path is "/" ? "" : settings.Path)}/{file}",
            ValueNames.Fileset => string.Join(' ', work.Files.Select(RelativePath.NameOf)),
            _ when key.StartsWith(ValueNames.Fileset, StringComparison.Ordinal) => SetMember(key[ValueNames.Fileset.Length..]),
            _ => ValueNames.TryNumber(key, out var number) ? settings.PartsOf(file).ElementAtOrDefault(number)
                : settings.Match?.ValueOf(file, key),
        };
    }

    // A set that runs without a file of a list has an empty text for it.
    private string? SetMember(string digits)
    {
        if (!settings.HasSets || !ValueNames.TryNumber(digits, out var list) || list >= settings.Globs.Count)
            return null;
        var members = work.Files.Where((_, member) => (work.Lists?[member] ?? member) == list);
        return RelativePath.NameOf(members.FirstOrDefault(""));
    }

    private static string? TextOf(ConfigValue value) => value switch
    {
        ConfigScalar { Kind: not JsonValueKind.Null } scalar => scalar.Text,
        ConfigList list when list.Items.All(item => item is ConfigScalar { IsNull: false }) =>
            string.Join(' ', list.Items.Select(item => ((ConfigScalar)item).Text)),
        _ => null,
    };
}
