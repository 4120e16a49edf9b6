using MeeseeksBox.Agent.State;
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
            answer.WriteJob(Kill(request.Id, isNamed: true, answer, session));
            return ValueTask.CompletedTask;
        }

        // All jobs are killed before the first is written, so that a client that reads slowly does not delay kills.
        var isNamed = request.Filter.Ids is not null;
        KeyValuePair<string, Job?>[] killed =
            [.. SelectedJobs.Of(request.Filter, host).Select(id => KeyValuePair.Create(id, Kill(id, isNamed, answer, session)))];
        return answer.WriteJobsAsync(killed, stop);
    }

    private Job? Kill(string id, bool isNamed, ResponseWriter answer, Session session) =>
        JobChange.Try(id, host, session, answer, (core, now) => core.Kill(id, now, isNamed));
}
