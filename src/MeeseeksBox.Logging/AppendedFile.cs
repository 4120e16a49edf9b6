using System.Text;
using Serilog.Sinks.File;

namespace MeeseeksBox.Logging;

/// <summary>Lets the File sink write at the end of the file as it is now: others may append to a log too, or cut it off (logrotate's <c>copytruncate</c>).</summary>
internal sealed class AppendedFile : FileLifecycleHooks
{
    /// <inheritdoc/>
    public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
    {
        underlyingStream.Dispose();
        return new EndStream(path);
    }

    private sealed class EndStream(string path)
        : FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
    {
        // Whatever is written comes through here: a FileStream that is derived from hands spans to it, and would never end if it were the other way round.
        public override void Write(byte[] buffer, int offset, int count)
        {
            // Null device and pipes have no end to go to.
            if (CanSeek)
                _ = Seek(0, SeekOrigin.End);
            base.Write(buffer, offset, count);
        }
    }
}
