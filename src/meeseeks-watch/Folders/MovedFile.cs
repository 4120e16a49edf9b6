using System.Globalization;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A file in the account of a move.</summary>
/// <param name="Name">Its name in the watched folder.</param>
/// <param name="Source">The file that is moved.</param>
internal sealed record MovedFile(string Name, FileFacts Source)
{
    /// <summary>Its name in the target; null before a try.</summary>
    public string? Target { get; set; }

    /// <summary>The file that gets this name: itself or, on another file system, its copy.</summary>
    public FileFacts? Staged { get; set; }

    /// <summary>A name for the target: its own, or one with a number before the last suffix.</summary>
    public string NameOf(int number)
    {
        if (number == 0)
            return Name;
        var suffix = Path.GetExtension(Name);
        var stem = Name[..^suffix.Length];
        return string.Create(CultureInfo.InvariantCulture, $"{stem}.{number}{suffix}");
    }
}
