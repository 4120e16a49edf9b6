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
public sealed class StandardStream : Stream
{
    private const uint GetWindowSize = 0x5413;

    private readonly int _descriptor;
    private readonly string _name;
    private readonly bool _isOpen;

    private StandardStream(int descriptor, string name)
    {
        (_descriptor, _name) = (descriptor, name);

        // The runtime closes its own files at an exec. A number with that flag was free at the start, so it is none of the starter's. One
        // of the wrong direction stands for a closed stream: see InheritedState.
        _isOpen = FileDescriptor.IsInherited(descriptor)
            && FileDescriptor.AccessOf(descriptor) != (descriptor is 0 ? OpenFlag.WriteOnly : OpenFlag.ReadOnly);
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
    public bool IsTerminal => _isOpen && LibC.IsTerminal(_descriptor) is 1;

    /// <summary>The columns and rows of the terminal; null if they are not known.</summary>
    public unsafe (int Width, int Height)? Size
    {
        get
        {
            // struct winsize: rows, columns, and the same in pixels.
            var size = stackalloc ushort[4];
            return IsTerminal && LibC.IoControl(_descriptor, GetWindowSize, size) is 0 && size[0] > 0 && size[1] > 0
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
                var written = LibC.Write(_descriptor, start + done, buffer.Length - done);
                if (written >= 0)
                {
                    done += written;
                }
                else if (Marshal.GetLastPInvokeError() is var error && error is ErrorNumber.BrokenPipe)
                {
                    return;
                }
                else if (!CanRetry(error, FileDescriptor.Writable))
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
                var count = LibC.Read(_descriptor, start, buffer.Length);
                if (count >= 0)
                    return (int)count;

                if (Marshal.GetLastPInvokeError() is var error && !CanRetry(error, FileDescriptor.Readable))
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
    private bool CanRetry(int error, short readiness) =>
        error is ErrorNumber.Interrupted || (error is ErrorNumber.TryAgain && FileDescriptor.Await(_descriptor, readiness, -1));
}
