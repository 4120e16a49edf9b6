using System.Net.Sockets;
using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Protocol;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Connects to the socket of a runner.</summary>
internal static class RunnerSocket
{
    /// <summary>Connects, and verifies the process that listens.</summary>
    /// <param name="folder">The folder of the runner.</param>
    /// <param name="owner">As which it runs.</param>
    /// <param name="pid">Its process; null when it is not known.</param>
    /// <returns>The socket, and the process.</returns>
    /// <exception cref="SocketException">
    /// It does not listen: <see cref="SocketError.AddressNotAvailable"/> without a socket, for the file or its folder is not there.
    /// </exception>
    /// <exception cref="IOException">Another process listens in its place, or the folder cannot be opened.</exception>
    public static (Socket Socket, int Pid) Connect(string folder, RunnerOwner owner, int? pid)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Connect(socket, folder);
            return (socket, Verify(UnixPeer.Of(socket), owner, pid));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The address of a socket has 107 bytes at most, and the folder may have a longer path.
    private static void Connect(Socket socket, string folder)
    {
        var opened = LibC.Open(folder, OpenFlag.PathOnly | OpenFlag.CloseOnExec, 0);
        if (opened < 0 && Marshal.GetLastPInvokeError() is ErrorNumber.NoEntry)
            throw new SocketException((int)SocketError.AddressNotAvailable);
        _ = SystemCall.Check(opened, folder);

        try
        {
            // A connection to a socket with a full queue would wait. Socket.Blocking would have all reads pass other threads for good.
            var handle = (int)socket.SafeHandle.DangerousGetHandle();
            _ = FileDescriptor.SetBlocking(handle, isBlocking: false);
            socket.Connect(new UnixDomainSocketEndPoint($"/proc/self/fd/{opened}/{SpoolFile.Socket}"));
            _ = FileDescriptor.SetBlocking(handle, isBlocking: true);
        }
        finally
        {
            _ = LibC.Close(opened);
        }
    }

    // Before the first line: a process of the user may have put a socket of its own in the place of the one of the runner.
    private static int Verify(UnixPeer peer, RunnerOwner owner, int? pid) =>
        peer.User == owner.User && (pid is null || peer.Pid == pid)
            ? peer.Pid
            : throw new IOException($"process {peer.Pid} of user {peer.User} listens in its place");
}
