using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>modify</c>: sets attributes of jobs; checks only their types.</summary>
internal sealed class ModifyHandler(CoreHost host)
{
    public ValueTask HandleAsync(ModifyRequest request, ResponseWriter answer, CancellationToken stop)
    {
        KeyValuePair<string, Job?>[] changed =
            [.. request.Changes.Select(change => KeyValuePair.Create(change.Key, Modify(change.Key, change.Value, answer)))];
        return answer.WriteJobsAsync(changed, stop);
    }

    private Job? Modify(string id, JsonElement values, ResponseWriter answer)
    {
        var (job, problem) = host.Execute((core, now) =>
        {
            if (core.Find(id) is not { } found)
                return (null, null);

            var changed = JobAttributes.Change(found, values, out var wrong) with { Id = id };
            return wrong is null && core.Modify(changed, now) ? (core.Find(id), null) : (default(Job), wrong);
        });
        if (problem is not null)
            answer.Refuse($"{id}: {problem}");

        return job;
    }
}
