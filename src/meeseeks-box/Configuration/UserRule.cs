using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Checks <c>user</c> and <c>group</c> of the box and of its pools (docs/SPECIFICATION.md#user-and-group).</summary>
/// <remarks>
/// A box that is root can run jobs as any user, and does not start when it may not be sure of one. Any other box runs jobs as itself. A
/// difference in its own keys is only a warning there, because the original ignores them.
/// </remarks>
internal static class UserRule
{
    private const string UserKey = UserConfig.UserKey;
    private const string GroupKey = UserConfig.GroupKey;

    /// <summary>Checks all keys. Problems and warnings are added to the reader.</summary>
    public static void Check(SectionReader root, BoxConfig config, IAccounts accounts)
    {
        var own = accounts.OwnUser;
        if (config.User is { User: null, Group: not null })
            root.AddWarning(root.Find(GroupKey)!, $"it has no effect without '{UserKey}'");

        if (own.IsRoot)
            CheckOfRoot(root, config, accounts);
        else
            CheckOfOther(root, config, accounts, own);
    }

    /// <summary>The danger of a box that is root, for the log of each start; null without one.</summary>
    public static string? Warning(BoxConfig config, IAccounts accounts) => (accounts.OwnUser.IsRoot, config.User.User) switch
    {
        (false, _) => null,
        (_, null) => "the box runs as root, and so do its jobs: set 'user' to run them as another user",
        _ when config.Listen.HasTcp && config.Listen.Allow.Equals(AccessConfig.Open) =>
            "the box runs as root, and each client that reaches its port may name any user and change the configuration: "
            + "set 'listen.allow', or listen on a Unix socket only",
        _ => null,
    };

    private static void CheckOfRoot(SectionReader root, BoxConfig config, IAccounts accounts)
    {
        var user = Check(root, config.User, accounts);
        foreach (var (name, pool) in config.Pools)
        {
            var section = root.Section("pools").Section(name);
            var ofPool = Check(section, pool.User, accounts);
            if (ofPool?.IsRoot is true && user?.IsRoot is false)
                section.AddProblem(UserKey, $"no job may run as root, because 'user' of the box is {user}");
            if (pool.Plugin is not null && (ofPool ?? user)?.IsRoot is false)
                section.AddProblem("plugin", $"a plugin runs inside the box, which is root, and not as {ofPool ?? user}");
        }
    }

    // The user; null without the setting.
    private static Account? Check(SectionReader section, UserConfig config, IAccounts accounts)
    {
        var user = config.User is null ? null : accounts.FindUser(config.User);
        if (config.User is not null && user is null)
            section.AddProblem(UserKey, $"this host has no user '{config.User}', and no job may run as root instead");
        else if (user is { IsKnown: false } && config.Group is null)
            section.AddProblem(UserKey, $"this host has no account with the number {user.Id}, so 'group' must be set, too");

        if (config.Group is null || (user is null && config.User is not null))
            return user;

        var group = accounts.FindGroup(config.Group);
        if (group is null)
            section.AddProblem(GroupKey, $"this host has no group '{config.Group}', and no job may run with the group of root instead");
        else if (group.IsRoot && user is { IsRoot: false, GroupId: not 0 })
            section.AddProblem(GroupKey, $"user {user} may not have the group of root");
        return user;
    }

    private static void CheckOfOther(SectionReader root, BoxConfig config, IAccounts accounts, Account own)
    {
        if (config.User.User is { } user)
        {
            var wanted = accounts.FindUser(user);
            if (wanted?.Id == own.Id)
            {
                WarnOfGroup(root, config.User.Group, accounts);
            }
            else
            {
                var name = wanted?.ToString() ?? $"'{user}', which this host does not have";
                root.AddWarning(root.Find(UserKey)!, $"the box runs as {own} and cannot change to {name}; its jobs run as {own}");
            }
        }

        foreach (var (name, pool) in config.Pools)
        {
            var section = root.Section("pools").Section(name);
            if (pool.User.User is { } other && accounts.FindUser(other)?.Id != own.Id)
                section.AddProblem(UserKey, $"the box runs as {own} and cannot run jobs as '{other}'; only a box that is root can");
            if (pool.User.Group is { } group && accounts.FindGroup(group)?.Id != accounts.OwnGroup.Id)
                section.AddProblem(GroupKey, $"the box runs with the group {accounts.OwnGroup} and cannot run jobs with '{group}'");
        }
    }

    private static void WarnOfGroup(SectionReader root, string? group, IAccounts accounts)
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
