using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Compares <c>user</c> and <c>group</c> with the user and group of the box.</summary>
/// <remarks>
/// The box cannot change its user. As root it would run jobs with more rights than configured, so it refuses to start. Without root
/// rights a difference is only a warning, because the original ignores both keys there.
/// </remarks>
internal static class UserRule
{
    private const string UserKey = "user";
    private const string GroupKey = "group";

    /// <summary>Checks both keys. Problems and warnings are added to the reader.</summary>
    public static void Check(SectionReader root, IAccounts accounts)
    {
        var user = root.Text(UserKey);
        var group = root.Text(GroupKey);
        if (user is null)
        {
            if (group is not null)
                root.AddWarning(root.Find(GroupKey)!, $"it has no effect without '{UserKey}'");

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
