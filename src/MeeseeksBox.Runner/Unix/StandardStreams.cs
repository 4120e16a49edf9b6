using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Unix;

/// <summary>Writes to the standard streams, and gives them back.</summary>
/// <remarks>Not by the console of .NET, which changes settings of the terminal.</remarks>
internal static unsafe class StandardStreams
{
    /// <summary>Writes a text.</summary>
    public static void Write(int descriptor, string text)
    {
        var bytes = ByteText.Encode(text);
        fixed (byte* pointer = bytes)
            _ = LibC.Write(descriptor, pointer, bytes.Length);
    }

    /// <summary>Puts nothing in their place, so that the runner keeps neither a terminal nor a pipe open.</summary>
    public static void Close()
    {
        var nothing = LibC.Open("/dev/null", OpenFlag.ReadAndWrite | OpenFlag.CloseOnExec, 0);
        for (var descriptor = 0; descriptor <= 2; descriptor++)
            _ = LibC.Dup2(nothing, descriptor);
        _ = LibC.Close(nothing);
    }
}
