using MeeseeksBox.Agent.Host;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Pools;

/// <summary>The user and the group that a job asks for, compared with those of the box: a job never runs with other rights than it asks for.</summary>
internal static class JobAccount
{
    /// <summary>Why this box cannot run a job as it asks for; null when it can.</summary>
    public static string? Refusal(Job job)
    {
        var (user, group) = (Accounts.EffectiveUser, Accounts.EffectiveGroup);
        return (job.Uid, job.Gid) switch
        {
            ({ } uid, _) when Accounts.UserNumber(uid) is not { } number =>
                $"cannot run as user '{uid}': this node has no such user; submit the job without uid, or with one that exists here",
            ({ } uid, _) when Accounts.UserNumber(uid) is { } number && number != user =>
                $"cannot run as user {Accounts.ShowUser(number)}: this box runs as {Accounts.ShowUser(user)}; "
                + "submit the job as that user, or to a box that runs as the job's user",
            (_, { } gid) when Accounts.GroupNumber(gid) is not { } number =>
                $"cannot run as group '{gid}': this node has no such group; submit the job without gid, or with one that exists here",
            (_, { } gid) when Accounts.GroupNumber(gid) is { } number && number != group =>
                $"cannot run as group {Accounts.ShowGroup(number)}: this box runs as {Accounts.ShowGroup(group)}; submit the job without gid",
            _ => null,
        };
    }
}
