using System.Globalization;

namespace MeeseeksBox.Agent.Listening;

/// <summary>What the listener knows for sure about a client.</summary>
/// <param name="Name">The common name in its verified certificate; null without one.</param>
/// <param name="User">Its user on this host; null for a client of TCP.</param>
/// <param name="Host">Its address; null for a client of a Unix socket.</param>
internal sealed record ClientIdentity(string? Name, PeerUser? User, string? Host = null)
{
    /// <summary>The client in words.</summary>
    public override string ToString() =>
        Name is not null ? $"client '{Name}'"
        : User is not null ? string.Create(CultureInfo.InvariantCulture, $"user {User.Id}")
        : $"client {Host ?? "without a name"}";
}
