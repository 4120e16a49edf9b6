using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol;

namespace MeeseeksBox.Agent.Requests;

/// <summary>The change of one job by a request (docs/SPECIFICATION.md#job-user).</summary>
internal static class JobChange
{
    /// <summary>Changes a job, unless it is one that the client may not change; the answer says so then.</summary>
    /// <remarks>Both in one turn of the core, so that the job cannot get another user in between.</remarks>
    /// <returns>The result of the change; null when it was refused.</returns>
    public static T? Try<T>(string id, CoreHost host, Session session, ResponseWriter answer, Func<NodeCore, Instant, T?> change)
        where T : class
    {
        var (result, refusal) = host.Execute((core, now) => core.Find(id) is { } found && session.Rights.Refusal(found) is { } reason
            ? (null, reason)
            : (change(core, now), default(string)));
        if (refusal is not null)
            answer.Refuse(refusal, ErrorCode.Forbidden);
        return result;
    }
}
