using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Runner.Output;

namespace MeeseeksBox.Agent.Outputs;

/// <summary>Copies a file of the runner of another user, who can change it at any time.</summary>
internal static class OutputCopy
{
    /// <summary>Makes the whole file of an output.</summary>
    /// <remarks>It gets as many bytes as were reported, whatever the user has put into the other one.</remarks>
    /// <param name="path">The file of the runner.</param>
    /// <param name="owner">The uid of the user.</param>
    /// <param name="output">The output.</param>
    /// <param name="flush">Makes the copy be on disk at the return; null when it need not.</param>
    /// <exception cref="IOException">The output is lost.</exception>
    public static void Make(string path, uint owner, SpooledOutput output, DiskFlush? flush)
    {
        using var file = SpoolReader.Open(path, owner);
        var bytes = new byte[output.Kept];
        for (int length = 0, count; length < bytes.Length && (count = RandomAccess.Read(file, bytes.AsSpan(length), length)) > 0;)
            length += count;

        var unfinished = output.Path + ".new";
        using (var stream = AppendFile.OpenPrivate(unfinished, FileShare.None, FileMode.Create))
        {
            stream.Write(bytes);
            flush?.Content(stream.SafeFileHandle);
        }

        File.Move(unfinished, output.Path, overwrite: true);
        flush?.NameOf(output.Path);
    }
}
