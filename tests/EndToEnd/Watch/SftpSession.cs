using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A session with OpenSSH's sftp-server, in version 3 of its protocol. It writes the files of this host.</summary>
/// <remarks>Each request waits for its reply, so that the order of its effects on the folder is known.</remarks>
public sealed class SftpSession : IAsyncDisposable
{
    private const byte Init = 1, Open = 3, Close = 4, Write = 6, SetStat = 9, SetStatOfHandle = 10, Rename = 18, Extended = 200;
    private const byte Version = 2, Status = 101, Handle = 102;
    private const uint ForWriting = 0x02 | 0x08 | 0x10;
    private const uint Permissions = 0x04, Times = 0x08;

    private static readonly string[] Paths =
        ["/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server"];

    private readonly Process _server;
    private uint _id;

    private SftpSession(Process server) => _server = server;

    /// <summary>The full path of the server, or null when it is not installed.</summary>
    public static string? Program { get; } = Paths.FirstOrDefault(File.Exists);

    /// <summary>Starts a server.</summary>
    /// <exception cref="InvalidOperationException">The server has another version.</exception>
    public static async Task<SftpSession> StartAsync()
    {
        var info = new ProcessStartInfo(Program!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var session = new SftpSession(Process.Start(info)!);
        await session.SendAsync([Init, .. Number(3)]);
        var reply = await session.ReceiveAsync();
        if (reply[0] is not Version || BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(1)) is not 3)
            throw new InvalidOperationException($"sftp-server does not speak version 3: {Convert.ToHexString(reply)}");

        return session;
    }

    /// <summary>Creates a file, or empties it, and opens it for writing.</summary>
    /// <returns>Its handle.</returns>
    public async Task<byte[]> OpenAsync(string path)
    {
        var reply = await AskAsync(Open, Handle, [.. Words(path), .. Number(ForWriting), .. Number(0)]);
        return reply[9..];
    }

    /// <summary>Writes to an open file.</summary>
    public Task WriteAsync(byte[] handle, int offset, byte[] data) =>
        DoAsync(Write, [.. Bytes(handle), .. Number(0), .. Number((uint)offset), .. Bytes(data)]);

    /// <summary>Sets mode and times of an open file, as <c>put -p</c> does.</summary>
    public Task SetAttributesAsync(byte[] handle) => DoAsync(SetStatOfHandle, [.. Bytes(handle), .. Attributes()]);

    /// <summary>Sets mode and times by the path, as many clients do after the close.</summary>
    public Task SetAttributesAsync(string path) => DoAsync(SetStat, [.. Words(path), .. Attributes()]);

    /// <summary>Closes a file.</summary>
    public Task CloseAsync(byte[] handle) => DoAsync(Close, Bytes(handle));

    /// <summary>Renames a file as the protocol says: the server makes a link and removes the old name.</summary>
    public Task RenameAsync(string from, string to) => DoAsync(Rename, [.. Words(from), .. Words(to)]);

    /// <summary>Renames a file by <c>posix-rename@openssh.com</c>, the usual way between programs of OpenSSH.</summary>
    public Task PosixRenameAsync(string from, string to) =>
        DoAsync(Extended, [.. Words("posix-rename@openssh.com"), .. Words(from), .. Words(to)]);

    /// <summary>Ends the server by the end of its input.</summary>
    public async ValueTask DisposeAsync()
    {
        _server.StandardInput.Close();
        try
        {
            await _server.WaitForExitAsync(CancellationToken.None).WaitAsync(Wait.Limit);
        }
        finally
        {
            _server.Kill();
            _server.Dispose();
        }
    }

    private async Task DoAsync(byte request, byte[] body)
    {
        var reply = await AskAsync(request, Status, body);
        var status = BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(5));
        if (status is not 0)
            throw new IOException($"sftp-server refused request {request} with status {status}: {Encoding.UTF8.GetString(reply[9..])}");
    }

    private async Task<byte[]> AskAsync(byte request, byte expected, byte[] body)
    {
        await SendAsync([request, .. Number(++_id), .. body]);
        var reply = await ReceiveAsync();
        if (reply[0] != expected || BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(1)) != _id)
            throw new IOException($"sftp-server answered request {request} with {Convert.ToHexString(reply)}");

        return reply;
    }

    private async Task SendAsync(byte[] packet)
    {
        await _server.StandardInput.BaseStream.WriteAsync(Bytes(packet), TestContext.Current.CancellationToken);
        await _server.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> ReceiveAsync()
    {
        var length = new byte[4];
        await ReadAsync(length);
        var packet = new byte[BinaryPrimitives.ReadUInt32BigEndian(length)];
        await ReadAsync(packet);
        return packet;
    }

    private async Task ReadAsync(byte[] buffer) =>
        await _server.StandardOutput.BaseStream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);

    // Mode 0640, and a time of change in 2001.
    private static byte[] Attributes() =>
        [.. Number(Permissions | Times), .. Number(0b110_100_000), .. Number(1_000_000_000), .. Number(1_000_000_000)];

    private static byte[] Words(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(byte[] data) => [.. Number((uint)data.Length), .. data];

    private static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
