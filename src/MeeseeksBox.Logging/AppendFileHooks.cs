using System.Text;
using Serilog.Sinks.File;

namespace MeeseeksBox.Logging;

/// <summary>Lets the File sink write at the end of the file as it is now: others may append to a log too, or cut it off (logrotate's <c>copytruncate</c>).</summary>
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
        // A FileStream that is derived from comes here for spans too.
        public override void Write(byte[] buffer, int offset, int count)
        {
            // Devices and pipes have no end to go to.
            if (CanSeek)
                _ = Seek(0, SeekOrigin.End);
            base.Write(buffer, offset, count);
        }
    }
}
