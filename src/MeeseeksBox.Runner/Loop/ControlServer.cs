using System.Runtime.InteropServices;
using System.Text;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner.Loop;

/// <summary>Listens on the Unix socket of the runner, for one box at a time.</summary>
internal sealed unsafe class ControlServer
{
    private const int UnixDomain = 1;
    private const int Stream = 1;
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int CredentialsSize = 12;
    private const int UserOffset = 4;
    private const int PathOffset = 2;
    private const int LongestPath = 107;

    private readonly EventLoop _loop;
    private readonly int _socket;
    private readonly uint _starter;
    private ControlConnection? _box;

    /// <summary>Starts to listen.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="path">The socket.</param>
    /// <param name="starter">The user whose boxes are served, besides root.</param>
    /// <exception cref="IOException">The socket cannot be made.</exception>
    public ControlServer(EventLoop loop, string path, uint starter)
    {
        (_loop, _starter) = (loop, starter);
        _socket = SystemCall.Check(LibC.Socket(UnixDomain, Stream | OpenFlag.CloseOnExec | OpenFlag.NonBlocking, 0), "socket");
        Bind(path);
        _ = SystemCall.Check(LibC.Listen(_socket, 8), path);
        Watch();
    }

    /// <summary>Called with each line of the box.</summary>
    public Action<RunnerMessage> Received { get; set; } = _ => { };

    /// <summary>Called when a box has connected.</summary>
    public Action Connected { get; set; } = () => { };

    /// <summary>Called when the box has closed its connection.</summary>
    public Action Disconnected { get; set; } = () => { };

    /// <summary>Sends a line; without a box it is dropped.</summary>
    public void Send(RunnerMessage message) => _box?.Send(message);

    private void Bind(string path)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length > LongestPath)
            throw new IOException($"{path}: the path is too long for a Unix socket, which has at most {LongestPath} bytes");

        Span<byte> address = stackalloc byte[PathOffset + LongestPath + 1];
        address.Clear();
        address[0] = UnixDomain;
        name.CopyTo(address[PathOffset..]);
        fixed (byte* pointer = address)
            _ = SystemCall.Check(LibC.Bind(_socket, pointer, (uint)address.Length), path);
    }

    private void Watch()
    {
        if (!_loop.TryWatch(_socket, Accept))
            _ = _loop.After(Shortage.Pauses.Longest, Watch);
    }

    private void Accept()
    {
        var descriptor = LibC.Accept(_socket, 0, 0, OpenFlag.CloseOnExec | OpenFlag.NonBlocking);
        if (descriptor < 0)
        {
            // Without a free descriptor the socket would stay readable, and the loop would turn without a rest.
            if (Shortage.Is(Marshal.GetLastPInvokeError()))
            {
                _loop.Unwatch(_socket);
                _ = _loop.After(Shortage.Pauses.Longest, Watch);
            }

            return;
        }

        if (!IsOwner(descriptor))
        {
            _ = LibC.Close(descriptor);
            return;
        }

        var connection = new ControlConnection(_loop, descriptor);
        connection.Received = message => Receive(connection, message);
        connection.Closed = () => Lose(connection);
    }

    // A new box replaces the previous one when it has sent its hello.
    private void Receive(ControlConnection connection, RunnerMessage message)
    {
        if (connection != _box)
        {
            if (message.Verb is not RunnerVerb.Hello)
                return;

            _box?.Close();
            _box = connection;
            Connected();
        }

        Received(message);
    }

    private void Lose(ControlConnection connection)
    {
        if (connection != _box)
            return;

        _box = null;
        Disconnected();
    }

    private bool IsOwner(int descriptor)
    {
        var credentials = stackalloc byte[CredentialsSize];
        uint length = CredentialsSize;
        if (LibC.SocketOption(descriptor, SocketLevel, PeerCredentials, credentials, &length) < 0)
            return false;

        var user = MemoryMarshal.Read<uint>(new ReadOnlySpan<byte>(credentials + UserOffset, sizeof(uint)));
        return user == 0 || user == _starter;
    }
}
