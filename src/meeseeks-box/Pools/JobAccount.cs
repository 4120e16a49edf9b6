using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Pools;

/// <summary>Compares the user and the group of a job with those of the box.</summary>
/// <remarks>A job never runs with other rights than its spec has.</remarks>
internal static class JobAccount
{
    /// <summary>The error when the box cannot run a job as its user and group; null when it can.</summary>
    public static string? Refusal(Job job, IAccounts accounts)
    {
        if (job.Spec.Uid is { } uid)
        {
            var (own, user) = (accounts.OwnUser, accounts.FindUser(uid));
            if (user is null)
            {
                return $"cannot run as user '{uid}': this node has no such user, and the box runs as {own}; "
                    + "submit the job without uid, or as a user of this node";
            }

            if (user.Id != own.Id)
                return $"cannot run as user {user}: the box runs as {own}; submit the job as that user, or to a box that runs as {user}";
        }

        if (job.Spec.Gid is not { } gid)
            return null;

        var (ownGroup, group) = (accounts.OwnGroup, accounts.FindGroup(gid));
        if (group is null)
            return $"cannot run as group '{gid}': this node has no such group, and the box runs as {ownGroup}; submit the job without gid";

        return group.Id != ownGroup.Id
            ? $"cannot run as group {group}: the box runs as {ownGroup}; submit the job without gid, or to a box that runs as {group}"
            : null;
    }
}
