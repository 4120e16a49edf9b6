using System.Net.Sockets;

namespace MeeseeksBox.Agent.Listening;

/// <summary>A port cannot be bound.</summary>
/// <param name="port">The configured port, 0 included.</param>
/// <param name="cause">The error of the system.</param>
internal sealed class PortException(int port, SocketException cause) : IOException($"port {port}: {cause.Message}", cause);
