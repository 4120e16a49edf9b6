using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>ls</c>: the ids of jobs.</summary>
internal sealed class LsHandler(StateKeeper state)
{
    public async ValueTask HandleAsync(LsRequest request, RequestOptions options, AnswerWriter answer, CancellationToken stop)
    {
        var (jobs, seq) = state.Select(request.Filter, options);
        answer.Json.WriteStartArray();
        foreach (var job in jobs)
        {
            answer.Json.WriteStringValue(job.Id);
            await answer.SendIfLargeAsync(stop);
        }

        answer.Json.WriteEndArray();
        if (request.Filter.NewerSeq is not null)
        {
            answer.NoteSeq(seq);
        }
    }
}
