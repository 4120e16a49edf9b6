namespace MeeseeksBox.Agent.Listening;

/// <summary>The user at the other end of a Unix socket, as the system reports it.</summary>
/// <param name="Id">The uid.</param>
/// <param name="Group">The gid.</param>
/// <param name="Pid">The process.</param>
internal sealed record PeerUser(uint Id, uint Group, int Pid);
