using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Tells apart the hidden names that concern a watch: status files, and markers.</summary>
/// <param name="settings">The watch.</param>
internal sealed class HiddenNames(WatchSettings settings)
{
    private readonly StatusName _names = new(settings.Name);

    /// <summary>The beginning of the names of status files.</summary>
    public string Prefix => _names.Prefix;

    /// <summary>Parses the path of a status file; false when it is not one of this watch.</summary>
    public bool TryParse(string path, out WorkKey key, out StatusState state) => _names.TryParse(path, out key, out state);

    /// <summary>Whether a path, or the name at its end, is that of a hidden marker.</summary>
    public bool IsHiddenMarker(ReadOnlySpan<char> path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.Length > 0 && name[0] == '.'
            && settings.Marker is { } marker
            && marker.Is(path)
            && !name.StartsWith(_names.Prefix, StringComparison.Ordinal);
    }
}
