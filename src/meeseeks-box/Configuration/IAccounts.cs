namespace MeeseeksBox.Agent.Configuration;

/// <summary>The users and groups of a host, and those that this process has.</summary>
internal interface IAccounts
{
    /// <summary>The effective user of this process.</summary>
    Account OwnUser { get; }

    /// <summary>The effective group of this process.</summary>
    Account OwnGroup { get; }

    /// <summary>The user with a name or a number; null when there is no such name.</summary>
    Account? FindUser(string nameOrNumber);

    /// <summary>The group with a name or a number; null when there is no such name.</summary>
    Account? FindGroup(string nameOrNumber);
}
