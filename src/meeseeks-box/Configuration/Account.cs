namespace MeeseeksBox.Agent.Configuration;

/// <summary>A user or a group of this host.</summary>
/// <param name="Id">The number.</param>
/// <param name="Name">The name; the number as text where it has none.</param>
/// <param name="GroupId">The number of a user's primary group; of a group, its own number.</param>
internal sealed record Account(uint Id, string Name, uint GroupId)
{
    /// <summary>True for the user that may change to any other.</summary>
    public bool IsRoot => Id is 0;

    /// <summary><c>'alice' (1000)</c>.</summary>
    public override string ToString() => $"'{Name}' ({Id})";
}
