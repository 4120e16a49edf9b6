using System.Globalization;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A file in the account of a move.</summary>
/// <param name="Name">Its path in the watched folder, which is also that in the target.</param>
/// <param name="Source">The file that is moved.</param>
internal sealed record MovedFile(string Name, FileFacts Source)
{
    /// <summary>The file that is moved.</summary>
    public FileFacts Source { get; set; } = Source;

    /// <summary>Its marker at the begin of the move; null when there is none.</summary>
    public FileFacts? Marker { get; set; }

    /// <summary>Its name in the target; null before a try, and when it stays.</summary>
    public string? Target { get; set; }

    /// <summary>The file that gets this name: itself or, on another file system, its copy.</summary>
    public FileFacts? Staged { get; set; }

    /// <summary>A name for the target: its own, or one with a number before the last suffix.</summary>
    public string NameOf(int number) => NameOf(Name, number);

    /// <summary>A name itself, or with a number before the last suffix.</summary>
    public static string NameOf(string name, int number)
    {
        if (number == 0)
            return name;
        var suffix = Path.GetExtension(name);
        var stem = name[..^suffix.Length];
        return string.Create(CultureInfo.InvariantCulture, $"{stem}.{number}{suffix}");
    }

    /// <summary>Whether two looks have found one file, with the same data.</summary>
    public static bool IsSame(FileFacts file, FileFacts other) => file.Id == other.Id && HasSameData(file, other);

    /// <summary>Whether a file is that of a look before it was renamed, with the same data.</summary>
    /// <remarks>Where the time of birth is not known, a file may have another number under another name (FUSE).</remarks>
    public static bool IsRenamed(FileFacts file, FileFacts before) =>
        HasSameData(file, before) && (file.Id == before.Id || (file.Id.BirthTime, before.Id.BirthTime) is (0, 0));

    private static bool HasSameData(FileFacts file, FileFacts other) =>
        (file.Kind, file.Length, file.WriteTime) == (other.Kind, other.Length, other.WriteTime);
}
