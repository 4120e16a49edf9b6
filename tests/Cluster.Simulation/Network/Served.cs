using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Simulation.Network;

/// <summary>The end of a connection at the box that was connected with.</summary>
/// <param name="Take">Takes a request.</param>
/// <param name="Close">The connection is over.</param>
internal sealed record Served(Action<PeerMessage> Take, Action Close);
