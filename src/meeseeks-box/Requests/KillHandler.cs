using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>kill</c>: kills one job, a list of jobs, or all that match a filter.</summary>
internal sealed class KillHandler(CoreHost host)
{
    public ValueTask HandleAsync(KillRequest request, ResponseWriter answer, Session session, CancellationToken stop)
    {
        if (request.Id is not null)
        {
            answer.WriteJob(Kill(request.Id, answer, session.Rights));
            return ValueTask.CompletedTask;
        }

        // All jobs are killed before the first is written, so that a client that reads slowly does not delay kills.
        KeyValuePair<string, Job?>[] killed =
            [.. SelectedJobs.Of(request.Filter, host).Select(id => KeyValuePair.Create(id, Kill(id, answer, session.Rights)))];
        return answer.WriteJobsAsync(killed, stop);
    }

    private Job? Kill(string id, ResponseWriter answer, ClientRights rights)
    {
        var (job, refusal) = host.Execute((core, now) => core.Find(id) is { } found && rights.Refusal(found) is { } reason
            ? (null, reason)
            : (core.Kill(id, now), default(string)));
        if (refusal is not null)
            answer.Refuse(refusal, ErrorCode.Forbidden);
        return job;
    }
}
