using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Pools;

/// <summary>
/// The user and the group that a job asks for, compared with those of the box: a job never runs with other rights than it asks for.
/// </summary>
internal static class JobAccount
{
    /// <summary>Why this box cannot run a job as it asks for; null when it can.</summary>
    /// <param name="job">The job.</param>
    /// <param name="accounts">The users and groups of this host.</param>
    public static string? Refusal(Job job, IAccounts accounts)
    {
        if (job.Uid is { } uid)
        {
            var (own, user) = (accounts.OwnUser, accounts.FindUser(uid));
            if (user is null)
            {
                return $"cannot run as user '{uid}': this node has no such user, and the box runs as {own}; "
                    + "submit the job without uid, or as a user of this node";
            }

            if (user.Id != own.Id)
            {
                return $"cannot run as user {user}: the box runs as {own}; submit the job as that user, or to a box that runs as {user}";
            }
        }

        if (job.Gid is not { } gid)
        {
            return null;
        }

        var (ownGroup, group) = (accounts.OwnGroup, accounts.FindGroup(gid));
        if (group is null)
        {
            return $"cannot run as group '{gid}': this node has no such group, and the box runs as {ownGroup}; submit the job without gid";
        }

        return group.Id != ownGroup.Id
            ? $"cannot run as group {group}: the box runs as {ownGroup}; submit the job without gid, or to a box that runs as {group}"
            : null;
    }
}
