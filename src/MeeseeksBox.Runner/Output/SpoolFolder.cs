using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Output;

/// <summary>The folder of the runner, which is its working directory (docs/RUNNER.md#folder).</summary>
/// <param name="path">Its full path.</param>
internal sealed class SpoolFolder(string path)
{
    /// <summary>The mode of the folder.</summary>
    public const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Enters the folder.</summary>
    /// <exception cref="IOException">It cannot be entered.</exception>
    public void Enter() => SystemCall.Check(LibC.ChangeFolder(path), path);

    /// <summary>Makes the folder again, which a job or a cleaner of temporary files has removed.</summary>
    /// <returns>False when it is there, or cannot be made.</returns>
    public bool TryRemake()
    {
        try
        {
            return !Directory.Exists(path) && Directory.CreateDirectory(path, OnlyOwner).Exists && LibC.ChangeFolder(path) is 0;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Leaves the folder and deletes it.</summary>
    public void Delete()
    {
        _ = LibC.ChangeFolder("/");
        Delete(path);
    }

    /// <summary>Deletes the folder of a box without a state file, which has ended without doing so.</summary>
    public void DeleteTemporaryParent()
    {
        if (Path.GetDirectoryName(path) is { } parent
            && Path.GetFileName(parent).StartsWith(SpoolFile.TemporaryPrefix, StringComparison.Ordinal))
        {
            DeleteAll(parent);
        }
    }

    /// <summary>Deletes the folder of a runner with its files.</summary>
    /// <remarks>
    /// No deeper than that, and no link is followed: a user could put a link to a folder of another user in the way. What is left stays.
    /// </remarks>
    public static void Delete(string folder)
    {
        foreach (var entry in EntriesOf(folder))
            _ = LibC.Unlink(entry);
        _ = LibC.RemoveFolder(folder);
    }

    /// <summary>Deletes the folder of runners, which no other user may write to, with all that it has.</summary>
    public static void DeleteAll(string runs)
    {
        foreach (var entry in EntriesOf(runs))
        {
            if (LibC.Unlink(entry) < 0)
                Delete(entry);
        }

        _ = LibC.RemoveFolder(runs);
    }

    /// <summary>The full paths of what is in a folder; none when it is gone, or cannot be read.</summary>
    public static string[] EntriesOf(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
