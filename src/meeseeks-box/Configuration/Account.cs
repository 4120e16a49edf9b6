namespace MeeseeksBox.Agent.Configuration;

/// <summary>A user or a group of this host.</summary>
/// <param name="Id">The uid or gid.</param>
/// <param name="Name">The name; the number as text without one.</param>
/// <param name="GroupId">The gid of a user's primary group; of a group, its own gid.</param>
internal sealed record Account(uint Id, string Name, uint GroupId)
{
    /// <summary>True for uid 0.</summary>
    public bool IsRoot => Id is 0;

    /// <summary>False for a number that this host has no account for.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>The home directory of a user; null without one.</summary>
    public string? Home { get; init; }

    /// <summary>The login shell of a user; null without one.</summary>
    public string? Shell { get; init; }

    /// <summary><c>'alice' (1000)</c>.</summary>
    public override string ToString() => $"'{Name}' ({Id})";
}
