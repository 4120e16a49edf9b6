using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Finds the names in a folder that are not UTF-8.</summary>
/// <remarks>.NET replaces their wrong bytes by U+FFFD, so several of them look the same.</remarks>
internal static unsafe partial class WrongNames
{
    // struct dirent of 64-bit Linux: two numbers of 8 bytes, one of 2 and one of 1 precede the name.
    private const int NameOffset = 19;

    /// <summary>The names that look like a name of .NET, with their wrong bytes escaped, separated by commas.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">A name of .NET.</param>
    /// <returns>Null if there are none.</returns>
    public static string? Of(string folder, string name)
    {
        if (!name.Contains('\ufffd'))
            return null;

        var found = new List<string>();
        var entries = OpenFolder(folder);
        if (entries is 0)
            return null;

        while (ReadFolder(entries) is not 0 and var entry)
        {
            var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameOffset);
            if (!Utf8.IsValid(bytes) && Encoding.UTF8.GetString(bytes) == name)
                found.Add(ByteText.Show(bytes));
        }

        _ = CloseFolder(entries);
        found.Sort(StringComparer.Ordinal);
        return found.Count > 0 ? string.Join(", ", found) : null;
    }

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
