using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Holds <c>user</c> and <c>group</c> against the user and the group that the box runs as.</summary>
/// <remarks>
/// The box cannot change its user. As root it would run jobs with more rights than configured, so it refuses to start. Any other
/// box has no more rights than its user: a difference is a warning, as the original ignores both keys there.
/// </remarks>
internal static class UserRule
{
    private const string UserKey = "user";
    private const string GroupKey = "group";

    /// <summary>Checks both keys. What is wrong goes to the reader.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <param name="accounts">The users and groups of this host.</param>
    public static void Check(SectionReader root, IAccounts accounts)
    {
        var user = root.Text(UserKey);
        var group = root.Text(GroupKey);
        if (user is null)
        {
            if (group is not null)
            {
                root.AddWarning(root.Find(GroupKey)!, $"it has no effect without '{UserKey}'");
            }

            return;
        }

        var setting = root.Find(UserKey)!;
        var own = accounts.OwnUser;
        var wanted = accounts.FindUser(user);
        var name = wanted?.ToString() ?? $"'{user}'";
        if (own.IsRoot && wanted is not { IsRoot: true })
        {
            root.AddProblem(setting, wanted is null
                ? $"this host has no user {name}, and the box must not stay root instead"
                : $"the box runs as root and cannot change to {name} by itself; start it as that user, with User={wanted.Name} in its systemd unit");
        }
        else if (wanted?.Id != own.Id)
        {
            root.AddWarning(setting, $"the box runs as {own} and cannot change to {name}{(wanted is null ? ", which this host does not have" : "")}; its jobs run as {own}");
        }
        else if (group is not null && accounts.FindGroup(group)?.Id != accounts.OwnGroup.Id)
        {
            var wantedGroup = accounts.FindGroup(group)?.ToString() ?? $"'{group}'";
            root.AddWarning(root.Find(GroupKey)!, $"the box runs with the group {accounts.OwnGroup} and cannot change to {wantedGroup}; its jobs run with {accounts.OwnGroup}");
        }
    }
}
