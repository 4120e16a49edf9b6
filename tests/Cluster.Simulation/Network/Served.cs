using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Simulation.Network;

/// <summary>The server end of a connection.</summary>
/// <param name="Take">Receives a request.</param>
/// <param name="Close">Called when the connection is closed.</param>
internal sealed record Served(Action<PeerMessage> Take, Action Close);
