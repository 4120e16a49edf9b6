using System.Runtime.InteropServices;
using System.Text;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Standard input, output or error of this process.</summary>
/// <remarks>
/// <para>
/// <c>System.Console</c> prepares a terminal for its own input: it sends sequences to it, and leaves it changed. Programs that only
/// print use these streams instead.
/// </para>
/// <para>
/// A broken pipe is no failure: the reader has seen enough. The first other failure of standard output throws, and all later writes
/// are dropped. A failure of standard error cannot be reported, so it is only recorded.
/// </para>
/// </remarks>
public sealed partial class StandardStream : Stream
{
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int BrokenPipe = 32;
    private const int GetFlags = 1;
    private const int ClosesOnExec = 1;
    private const int GetStatus = 3;
    private const int AccessMode = 3;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const uint GetWindowSize = 0x5413;
    private const short IsWritable = 4;
    private const short IsReadable = 1;

    private readonly int _descriptor;
    private readonly string _name;
    private readonly bool _isOpen;

    private StandardStream(int descriptor, string name)
    {
        (_descriptor, _name) = (descriptor, name);

        // The runtime closes its own files at an exec. A number with that flag was free at the start, so it is none of the starter's. One
        // of the wrong direction stands for a closed stream: see InheritedState.
        _isOpen = Fcntl(descriptor, GetFlags, 0) is >= 0 and var flags && (flags & ClosesOnExec) is 0
            && (Fcntl(descriptor, GetStatus, 0) & AccessMode) != (descriptor is 0 ? WriteOnly : ReadOnly);
    }

    /// <summary>Standard input.</summary>
    public static StandardStream Input { get; } = new(0, "standard input");

    /// <summary>Standard output.</summary>
    public static StandardStream Output { get; } = new(1, "standard output");

    /// <summary>Standard error.</summary>
    public static StandardStream Error { get; } = new(2, "standard error");

    /// <summary>The first failure; null if there was none.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether it is a terminal.</summary>
    public bool IsTerminal => _isOpen && IsATty(_descriptor) is 1;

    /// <summary>The columns and rows of the terminal; null if they are not known.</summary>
    public unsafe (int Width, int Height)? Size
    {
        get
        {
            // struct winsize: rows, columns, and the same in pixels.
            var size = stackalloc ushort[4];
            return IsTerminal && IoControl(_descriptor, GetWindowSize, size) is 0 && size[0] > 0 && size[1] > 0
                ? (size[1], size[0])
                : null;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => _descriptor is 0;

    /// <inheritdoc/>
    public override bool CanWrite => _descriptor is not 0;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Has <c>System.Console</c> write to these streams, for libraries that print there.</summary>
    public static void Redirect()
    {
#pragma warning disable RS0030 // The only place that uses the console, and it sends nothing to the terminal.
        Console.SetOut(Output.CreateWriter());
        Console.SetError(Error.CreateWriter());
#pragma warning restore RS0030
    }

    /// <summary>Runs a program. A failure of a standard stream becomes a message and exit status 1.</summary>
    /// <param name="program">The name of the program, for the message.</param>
    /// <param name="run">The program; it returns the exit status.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(string program, Func<Task<int>> run)
    {
        try
        {
            var status = await run();
            return status is 0 && Error.Fault is not null ? 1 : status;
        }
        catch (StandardStreamException problem)
        {
            Error.WriteLine($"{program}: {problem.Message}");
            return 1;
        }
    }

    /// <summary>Writes a line of text.</summary>
    public void WriteLine(string text) => Write(Encoding.UTF8.GetBytes($"{text}\n"));

    /// <summary>Forgets failures. A program whose log this is continues without it, and ends well.</summary>
    public void ForgetFault() => Fault = null;

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="StandardStreamException">Standard output cannot be written.</exception>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty || (_descriptor is 1 && Fault is not null))
            return;

        if (!_isOpen)
        {
            Fail("it is closed");
            return;
        }

        fixed (byte* start = buffer)
        {
            for (nint done = 0; done < buffer.Length;)
            {
                var written = Write(_descriptor, start + done, buffer.Length - done);
                if (written >= 0)
                {
                    done += written;
                }
                else if (Marshal.GetLastPInvokeError() is var error && error is BrokenPipe)
                {
                    return;
                }
                else if (!CanRetry(error, IsWritable))
                {
                    Fail(Marshal.GetPInvokeErrorMessage(error));
                    return;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="IOException">Standard input cannot be read.</exception>
    public override unsafe int Read(Span<byte> buffer)
    {
        if (!_isOpen)
            throw new IOException("it is closed");

        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Read(_descriptor, start, buffer.Length);
                if (count >= 0)
                    return (int)count;

                if (Marshal.GetLastPInvokeError() is var error && !CanRetry(error, IsReadable))
                    throw new IOException(Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(buffer.Span), cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is buffered here.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private StreamWriter CreateWriter() => new(this, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true, NewLine = "\n" };

    private void Fail(string reason)
    {
        Fault ??= $"cannot write {_name}: {reason}";
        if (_descriptor is 1)
            throw new StandardStreamException(Fault);
    }

    // A starter may have set the descriptor to not block; it is shared with the starter, so it stays so.
    private unsafe bool CanRetry(int error, short readiness)
    {
        if (error is not TryAgain)
            return error is Interrupted;

        // struct pollfd: the descriptor, the requested and the returned events.
        var poll = stackalloc int[2];
        poll[0] = _descriptor;
        ((short*)poll)[2] = readiness;
        _ = Poll(poll, 1, -1);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(int* descriptors, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsATty(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int IoControl(int descriptor, nuint request, ushort* size);
}
