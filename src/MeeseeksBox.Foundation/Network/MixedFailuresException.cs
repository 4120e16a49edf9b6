using System.Net.Sockets;

namespace MeeseeksBox.Foundation.Network;

/// <summary>No address of a host accepts a connection, for different reasons, which the message has.</summary>
/// <param name="failures">Each address and its problem.</param>
/// <param name="first">The first problem.</param>
public sealed class MixedFailuresException(string failures, SocketException first) : SocketException((int)first.SocketErrorCode, failures);
