using System.Net.Sockets;

namespace MeeseeksBox.Agent.Listening;

/// <summary>A port that cannot be listened on.</summary>
/// <param name="port">The port, as it was asked for.</param>
/// <param name="cause">Why.</param>
internal sealed class PortException(int port, SocketException cause) : IOException($"port {port}: {cause.Message}", cause);
