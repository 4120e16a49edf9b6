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
        if (wanted?.Id == own.Id)
        {
            CheckGroup(root, group, accounts);
        }
        else if (!own.IsRoot)
        {
            var name = wanted?.ToString() ?? $"'{user}', which this host does not have";
            root.AddWarning(setting, $"the box runs as {own} and cannot change to {name}; its jobs run as {own}");
        }
        else if (wanted is null)
        {
            root.AddProblem(setting, $"this host has no user '{user}', and the box must not stay root instead");
        }
        else
        {
            var advice = $"start it as that user, with User={wanted.Name} in its systemd unit";
            root.AddProblem(setting, $"the box runs as root and cannot change to {wanted} by itself; {advice}");
        }
    }

    private static void CheckGroup(SectionReader root, string? group, IAccounts accounts)
    {
        var own = accounts.OwnGroup;
        if (group is not null && accounts.FindGroup(group) is var wanted && wanted?.Id != own.Id)
        {
            var name = wanted?.ToString() ?? $"'{group}'";
            var setting = root.Find(GroupKey)!;
            root.AddWarning(setting, $"the box runs with the group {own} and cannot change to {name}; its jobs run with {own}");
        }
    }
}
