namespace MeeseeksBox.Agent.Configuration;

/// <summary>The users and groups of a host, and those of this process.</summary>
internal interface IAccounts
{
    /// <summary>The effective user of this process.</summary>
    Account OwnUser { get; }

    /// <summary>The effective group of this process.</summary>
    Account OwnGroup { get; }

    /// <summary>The user with a name or uid; null for an unknown name.</summary>
    Account? FindUser(string nameOrNumber);

    /// <summary>The group with a name or gid; null for an unknown name.</summary>
    Account? FindGroup(string nameOrNumber);

    /// <summary>All groups of a user, in ascending order.</summary>
    /// <param name="user">The user.</param>
    /// <param name="group">The gid of the group to run with, which is one of them.</param>
    IReadOnlyList<uint> GroupsOf(Account user, uint group);
}
