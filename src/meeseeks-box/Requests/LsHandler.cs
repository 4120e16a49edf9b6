using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>ls</c>: the ids of jobs.</summary>
internal sealed class LsHandler(StateKeeper state)
{
    public async ValueTask HandleAsync(LsRequest request, AnswerWriter answer, CancellationToken stop)
    {
        var (jobs, _) = state.Select(request.Filter);
        answer.Json.WriteStartArray();
        foreach (var job in jobs)
        {
            answer.Json.WriteStringValue(job.Id);
            await answer.SendIfLargeAsync(stop);
        }

        answer.Json.WriteEndArray();
    }
}
