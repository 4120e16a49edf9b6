using System.Runtime.InteropServices;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Sends files into a folder in the ways of real senders: by a rename, by slow writes, or by a link.</summary>
/// <param name="folder">The folder.</param>
/// <param name="random">Selects the way of each file.</param>
internal sealed partial class FileSender(string folder, Random random) : IDisposable
{
    private readonly TemporaryFolder _elsewhere = new();
    private readonly List<Task> _slow = [];

    /// <summary>The last line of each complete file.</summary>
    public const string LastLine = "end";

    /// <summary>Sends a file. A slow one is not complete at the return.</summary>
    /// <param name="name">Its path in the folder. Its sub-folder is made.</param>
    public void Send(string name)
    {
        var path = Path.Join(folder, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (random.Next(3))
        {
            case 0:
                File.Move(_elsewhere.Write(Path.GetFileName(name), Text), path);
                break;
            case 1:
                var hidden = Path.Join(Path.GetDirectoryName(path), $".{Path.GetFileName(path)}.part");
                File.WriteAllText(hidden, Text);
                if (Link(hidden, path) is not 0)
                    throw new IOException($"cannot link {path}: error {Marshal.GetLastPInvokeError()}");
                File.Delete(hidden);
                break;
            default:
                _slow.Add(WriteSlowlyAsync(path, TimeSpan.FromMilliseconds(random.Next(50))));
                break;
        }
    }

    /// <summary>Completes when all files are complete.</summary>
    public Task AllSentAsync() => Task.WhenAll(_slow);

    /// <inheritdoc/>
    public void Dispose() => _elsewhere.Dispose();

    private static string Text => $"begin\n{LastLine}\n";

    private static async Task WriteSlowlyAsync(string path, TimeSpan pause)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write("begin\n"u8);
        await Task.Delay(pause);
        file.Write("end\n"u8);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
