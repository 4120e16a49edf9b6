using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>The names in a folder that .NET does not tell apart: those that are not UTF-8, and those with U+FFFD.</summary>
/// <remarks>.NET reads each wrong byte as U+FFFD.</remarks>
public static unsafe partial class ByteNames
{
    // struct dirent of 64-bit Linux: two numbers of 8 bytes, one of 2 and one of 1 precede the name.
    private const int NameOffset = 19;

    private const char Replacement = '\ufffd';

    /// <summary>Whether a name that .NET has read may be another one.</summary>
    public static bool MayBe(ReadOnlySpan<char> name) => name.Contains(Replacement);

    /// <summary>Reads these names (<see cref="ByteText"/>).</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static List<string> In(string folder)
    {
        var entries = OpenFolder(folder);
        if (entries is 0)
            throw new IOException(FileProblem.TextOf(Marshal.GetLastPInvokeError()), Marshal.GetLastPInvokeError());

        var names = new List<string>();
        while (ReadFolder(entries) is not 0 and var entry)
        {
            var name = ByteText.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameOffset));
            if (MayBe(name) || ByteText.HasBytes(name))
                names.Add(name);
        }

        _ = CloseFolder(entries);
        return names;
    }

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
