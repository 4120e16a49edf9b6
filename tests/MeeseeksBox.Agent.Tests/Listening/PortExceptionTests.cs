using System.Net.Sockets;
using MeeseeksBox.Agent.Listening;

namespace MeeseeksBox.Agent.Tests.Listening;

/// <summary>What to do about a port that cannot be bound.</summary>
public sealed class PortExceptionTests
{
    [Theory]
    [InlineData(13700, SocketError.AddressAlreadyInUse, "*in use; another program, perhaps another meeseeks-box, *listen.port=PORT")]
    [InlineData(80, SocketError.AddressAlreadyInUse, "*in use; another program, *")]
    [InlineData(80, SocketError.AccessDenied, "*denied; a port below 1024 needs root or CAP_NET_BIND_SERVICE: *listen.port=13700")]
    [InlineData(13700, SocketError.AccessDenied, "*denied")]
    [InlineData(13700, SocketError.AddressNotAvailable, "*assign requested address")]
    public void The_message_says_what_to_do(int port, SocketError error, string message)
    {
        new PortException(port, new SocketException((int)error)).Message.Should().Match($"port {port}: {message}");
    }
}
