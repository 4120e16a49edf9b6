using System.Globalization;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>The names of the values that a format may have, apart from the keys of the watch (docs/SPECIFICATION.md#job-formats).</summary>
public static class ValueNames
{
    /// <summary>All files of a fileset; with a number, the file of that list.</summary>
    internal const string Fileset = "fileset";

    /// <summary>Whether a name has a value for some file of a watch.</summary>
    public static bool IsKnown(string name, WatchSettings settings) => name switch
    {
        "name" or "index" => true,
        _ when settings.IsContinuous => false,
        "filename" or "file" or "subdir" or Fileset => true,
        _ when name.StartsWith(Fileset, StringComparison.Ordinal) =>
            TryNumber(name[Fileset.Length..], out var list) && settings.HasSets && list < settings.Globs.Count,
        _ => TryNumber(name, out _) || settings.Match?.Groups.Contains(name) == true,
    };

    /// <summary>Whether a name is that of a value of its own, in some watch.</summary>
    internal static bool IsReserved(string name) =>
        name is "name" or "index" or "filename" or "file" or "subdir" || TryNumber(name, out _)
        || (name.StartsWith(Fileset, StringComparison.Ordinal) && (name == Fileset || TryNumber(name[Fileset.Length..], out _)));

    internal static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
