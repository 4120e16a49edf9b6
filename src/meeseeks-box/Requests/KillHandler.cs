using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>kill</c>: kills one job, a list of jobs, or all that match a filter.</summary>
internal sealed class KillHandler(CoreHost host)
{
    public ValueTask HandleAsync(KillRequest request, ResponseWriter answer, CancellationToken stop)
    {
        if (request.Id is not null)
        {
            answer.WriteJob(Kill(request.Id));
            return ValueTask.CompletedTask;
        }

        // An empty filter matches every job in get and ls. Here it matches none, for safety. So does one that only demands that attributes
        // are not set, which hold for almost every job: a script writes it when its variable is empty.
        IEnumerable<string> ids = request.Filter switch
        {
            { IsEmpty: true } or { DemandsNoValue: true } => [],
            { Ids: { } named, HasConditions: false } => named,
            _ => host.Select(new JobQuery(request.Filter, IncludesUnassigned: false)).Jobs.Select(job => job.Id),
        };

        // All jobs are killed before the first is written, so that a client that reads slowly does not delay kills.
        KeyValuePair<string, Job?>[] killed = [.. ids.Select(id => KeyValuePair.Create(id, Kill(id)))];
        return answer.WriteJobsAsync(killed, stop);
    }

    private Job? Kill(string id) => host.Execute((core, now) => core.Kill(id, now));
}
