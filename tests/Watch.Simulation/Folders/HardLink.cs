using System.Runtime.InteropServices;

namespace MeeseeksBox.WatchSimulation.Folders;

/// <summary>Gives a file a second name.</summary>
internal static partial class HardLink
{
    /// <summary>Makes the second name.</summary>
    /// <returns>It.</returns>
    public static string Of(string file, string second) =>
        Link(file, second) is 0 ? second : throw new IOException($"cannot link {second} to {file}");

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
