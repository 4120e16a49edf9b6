using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Runner.Accounts;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Decides on the account of each run (docs/SPECIFICATION.md#job-user).</summary>
/// <remarks>Nothing runs as root because something was not known: each doubt is an error.</remarks>
/// <param name="box"><c>user</c> and <c>group</c> of the box.</param>
/// <param name="accounts">The users and groups of this host.</param>
internal sealed class JobAccounts(UserConfig box, IAccounts accounts)
{
    private readonly bool _isRoot = accounts.OwnUser.IsRoot;

    /// <summary>True when <see cref="Of"/> looks a user or a group up.</summary>
    public bool NeedsLookup(Job job, UserConfig pool) =>
        job.Spec.Uid is not null || job.Spec.Gid is not null || (_isRoot && (pool != UserConfig.None || box != UserConfig.None));

    /// <summary>The account of a run, or the error with which its job fails.</summary>
    /// <param name="job">The job.</param>
    /// <param name="pool"><c>user</c> and <c>group</c> of its pool.</param>
    /// <param name="isPlugin">True for a task that runs inside the box.</param>
    public Result<RunAccount> Of(Job job, UserConfig pool, bool isPlugin)
    {
        var account = _isRoot ? OfRoot(job.Spec, pool) : OfOther(job.Spec);
        return account.IsSuccess && isPlugin && account.Value.Login is { } user
            ? new Error($"cannot run as user {user}: a plugin runs inside the box, which runs as {accounts.OwnUser}")
            : account;
    }

    // Only root can change to other users.
    private Result<RunAccount> OfOther(JobSpec spec)
    {
        if (spec.Uid is { } uid)
        {
            var (own, user) = (accounts.OwnUser, accounts.FindUser(uid));
            if (user is null)
            {
                return new Error($"cannot run as user '{uid}': this node has no such user, and the box runs as {own}; "
                    + "submit the job without uid, or as a user of this node");
            }

            if (user.Id != own.Id)
            {
                return new Error($"cannot run as user {user}: the box runs as {own}; "
                    + $"submit the job as that user, or to a box that runs as {user} or as root");
            }
        }

        if (spec.Gid is not { } gid)
            return RunAccount.OfBox;

        var (ownGroup, group) = (accounts.OwnGroup, accounts.FindGroup(gid));
        if (group is null)
        {
            return new Error($"cannot run as group '{gid}': this node has no such group, and the box runs as {ownGroup}; "
                + "submit the job without gid");
        }

        return group.Id == ownGroup.Id
            ? RunAccount.OfBox
            : new Error($"cannot run as group {group}: the box runs as {ownGroup}; "
                + $"submit the job without gid, or to a box that runs as {group}");
    }

    // The job, then its pool, then the box.
    private Result<RunAccount> OfRoot(JobSpec spec, UserConfig pool)
    {
        var (name, group) = spec.Uid is { } uid ? (uid, spec.Gid)
            : pool.User is { } ofPool ? (ofPool, spec.Gid ?? pool.Group)
            : (box.User, spec.Gid ?? pool.Group ?? (box.User is null ? null : box.Group));
        if (name is null && group is null)
            return RunAccount.OfBox;

        var user = name is null ? accounts.OwnUser : accounts.FindUser(name);
        if (user is null)
            return new Error($"cannot run as user '{name}': this node has no such user; name a user of this node, or its number");
        if (user.IsRoot && Limit(pool) is { } limit)
            return new Error($"cannot run as root: jobs run here as user '{limit}' (setting 'user'); submit the job without uid");

        return WithGroup(user, group);
    }

    private Result<RunAccount> WithGroup(Account user, string? name)
    {
        if (name is null && !user.IsKnown)
            return new Error($"cannot run as user {user.Id}: this node has no account with this number, so name a group with gid, too");

        var group = name is null ? user.GroupId : accounts.FindGroup(name)?.Id;
        if (group is null)
            return new Error($"cannot run with group '{name}': this node has no such group; name a group of this node, or its number");
        if (group is 0 && user is { IsRoot: false, GroupId: not 0 })
            return new Error($"cannot run as user {user} with the group of root; submit the job without gid");

        // The box is root already.
        return user.IsRoot && (name is null || group == accounts.OwnGroup.Id)
            ? RunAccount.OfBox
            : new RunAccount(Credentials.Of(user.Id, group.Value, accounts.GroupsOf(user, group.Value)), user);
    }

    // The user of the pool or of the box, when it is not root: no job may run as root then.
    private string? Limit(UserConfig pool) =>
        new[] { box.User, pool.User }.FirstOrDefault(name => name is not null && accounts.FindUser(name) is not { IsRoot: true });
}
