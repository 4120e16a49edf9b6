using System.Text.Json;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>modify</c>: sets attributes of jobs without any check but that of their types.</summary>
internal sealed class ModifyHandler(StateKeeper state)
{
    public ValueTask HandleAsync(ModifyRequest request, AnswerWriter answer, CancellationToken stop)
    {
        KeyValuePair<string, Job?>[] changed =
            [.. request.Changes.Select(change => KeyValuePair.Create(change.Key, Modify(change.Key, change.Value, answer)))];
        return answer.WriteJobsAsync(changed, stop);
    }

    private Job? Modify(string id, JsonElement values, AnswerWriter answer)
    {
        var (job, problem) = state.Do((ledger, now) =>
        {
            if (ledger.Find(id) is not { } found)
            {
                return (null, null);
            }

            var changed = JobKeys.Change(found, values, out var wrong) with { Id = id };
            return wrong is null && ledger.Modify(changed, now) ? (ledger.Find(id), null) : (default(Job), wrong);
        });
        if (problem is not null)
        {
            answer.Refuse($"{id}: {problem}");
        }

        return job;
    }
}
