using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Foundation.Files;

/// <summary>The extended attributes of files that users may set, those that begin with <c>user.</c>; see xattr(7).</summary>
/// <remarks>A symbolic link has none: its target is used. A change of an attribute changes the ctime of the file.</remarks>
public static unsafe class ExtendedAttributes
{
    private const string Namespace = "user.";
    private const int UsualNames = 1024;
    private const int UsualValue = 1024;
    private const int MostAttempts = 10;

    private delegate nint Call(string path, byte* buffer, nuint size);

    /// <summary>Whether the file system of a file, or of a folder, has these attributes.</summary>
    public static bool AreSupported(string path) =>
        LibC.GetAttribute(path, Namespace + "meeseeks", null, 0) >= 0 || Marshal.GetLastPInvokeError() is not ErrorNumber.NotSupported;

    /// <summary>The names of the attributes of a file that begin with a text.</summary>
    /// <param name="path">The file. One that is missing, or whose file system has no attributes, has none.</param>
    /// <param name="prefix">The beginning, as bytes of UTF-8.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public static IReadOnlyList<string> NamesOf(string path, ReadOnlySpan<byte> prefix)
    {
        Span<byte> usual = stackalloc byte[UsualNames];
        var all = Read(path, LibC.ListAttributes, usual);
        List<string>? names = null;
        while (all.IndexOf((byte)0) is >= 0 and var end)
        {
            if (all[..end].StartsWith(prefix))
                (names ??= []).Add(ByteText.Decode(all[..end]));
            all = all[(end + 1)..];
        }

        return names ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The value of an attribute; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? ValueOf(string path, string name)
    {
        Span<byte> usual = stackalloc byte[UsualValue];
        var isThere = true;
        var value = Read(
            path,
            (file, buffer, size) =>
            {
                var length = LibC.GetAttribute(file, name, buffer, size);
                isThere = length >= 0 || Marshal.GetLastPInvokeError() is ErrorNumber.TooSmall;
                return length;
            },
            usual);
        return isThere ? value.ToArray() : null;
    }

    /// <summary>Sets an attribute, atomically. Returns the number of the error, or 0.</summary>
    public static int TrySet(string path, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
            return LibC.SetAttribute(path, name, bytes, (nuint)value.Length, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Removes an attribute. Returns the number of the error, or 0, also when there is none to remove.</summary>
    public static int TryRemove(string path, string name)
    {
        var error = LibC.RemoveAttribute(path, name) < 0 ? Marshal.GetLastPInvokeError() : 0;
        return IsAbsence(error) ? 0 : error;
    }

    private static bool IsAbsence(int error) =>
        error is ErrorNumber.NoEntry or ErrorNumber.NotFolder or ErrorNumber.NoData or ErrorNumber.NotSupported;

    // What is read may grow before the second call.
    private static ReadOnlySpan<byte> Read(string path, Call call, Span<byte> buffer)
    {
        for (var attempt = 0; ; attempt++)
        {
            nint length;
            fixed (byte* bytes = buffer)
                length = call(path, bytes, (nuint)buffer.Length);
            if (length >= 0)
                return buffer[..(int)length];
            var error = Marshal.GetLastPInvokeError();
            if (IsAbsence(error))
                return [];
            if (error is not ErrorNumber.TooSmall || attempt == MostAttempts)
                throw new IOException(FileProblem.TextOf(error), error);
            var needed = call(path, null, 0);
            buffer = new byte[Math.Max((int)needed, 1)];
        }
    }
}
