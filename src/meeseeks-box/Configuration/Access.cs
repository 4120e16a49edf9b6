namespace MeeseeksBox.Agent.Configuration;

/// <summary>What <c>listen.allow</c> grants to a client.</summary>
/// <param name="Role">Its requests.</param>
/// <param name="Users">The users that it may name for a job, as names or numbers; null for each user.</param>
/// <param name="Pools">The pools whose jobs it may submit and change; null for each pool.</param>
internal sealed record Access(Role Role, IReadOnlyList<string>? Users, IReadOnlyList<string>? Pools = null)
{
    /// <summary>No requests.</summary>
    public static Access None { get; } = new(Role.None, []);

    /// <summary>All rights, without a <c>listen.allow</c>.</summary>
    public static Access Open { get; } = new(Role.Admin, null) { IsOpen = true };

    /// <summary>True without a <c>listen.allow</c>.</summary>
    public bool IsOpen { get; init; }

    /// <inheritdoc/>
    public bool Equals(Access? other) => other is not null && Role == other.Role && IsOpen == other.IsOpen
        && AreSame(Users, other.Users) && AreSame(Pools, other.Pools);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Users?.Count, Pools?.Count);

    private static bool AreSame(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        one is null ? other is null : other is not null && one.SequenceEqual(other);
}
