using System.Net;
using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Listening;

/// <summary>A validated change of the listeners, which <see cref="Listeners.ApplyAsync"/> cannot reject any more.</summary>
/// <param name="Config">The new section.</param>
/// <param name="Settings">The settings for new connections.</param>
/// <param name="Kept">The endpoints whose sockets stay open.</param>
/// <param name="Added">The new sockets.</param>
/// <param name="FreePort">The port that the system chose for a configured 0; 0 without one.</param>
internal sealed record ListenChange(
    ListenConfig Config, ListenSettings Settings, IReadOnlySet<EndPoint> Kept, IReadOnlyList<ListenSocket> Added, int FreePort);
