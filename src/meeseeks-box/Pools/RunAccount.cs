using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Runner.Accounts;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The account of a run (docs/SPECIFICATION.md#job-user).</summary>
/// <param name="Credentials">User and groups.</param>
/// <param name="Login">The user whose login variables the job gets; null for that of the box.</param>
internal sealed record RunAccount(Credentials Credentials, Account? Login)
{
    /// <summary>The account of the box itself.</summary>
    public static RunAccount OfBox { get; } = new(Credentials.Own, null);
}
