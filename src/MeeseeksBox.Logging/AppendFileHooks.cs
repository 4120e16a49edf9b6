using System.Text;
using Serilog.Sinks.File;

namespace MeeseeksBox.Logging;

/// <summary>Makes the file sink write at the current end of the file.</summary>
/// <remarks>Other programs may append to the log too, or truncate it (logrotate's <c>copytruncate</c>).</remarks>
internal sealed class AppendFileHooks : FileLifecycleHooks
{
    /// <inheritdoc/>
    public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
    {
        underlyingStream.Dispose();
        return new AppendStream(path);
    }

    private sealed class AppendStream(string path)
        : FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
    {
        // A class derived from FileStream calls this overload for spans too.
        public override void Write(byte[] buffer, int offset, int count)
        {
            // Devices and pipes cannot seek.
            if (CanSeek)
                _ = Seek(0, SeekOrigin.End);
            base.Write(buffer, offset, count);
        }
    }
}
