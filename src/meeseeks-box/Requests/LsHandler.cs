using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>ls</c>: ids of jobs.</summary>
internal sealed class LsHandler(CoreHost host)
{
    public async ValueTask HandleAsync(LsRequest request, RequestOptions options, ResponseWriter answer, CancellationToken stop)
    {
        var (jobs, seq, _) = host.Select(JobQuery.Of(request.Filter, options));
        answer.Json.WriteStartArray();

        // By submit time, like the original; with seq in the order of the changes.
        foreach (var job in request.Filter.NewerSeq is null ? [.. jobs.OrderBy(job => job.Status.SubmitTs)] : jobs)
        {
            answer.Json.WriteStringValue(job.Id);
            await answer.SendIfLargeAsync(stop);
        }

        answer.Json.WriteEndArray();
        if (request.Filter.NewerSeq is not null)
            answer.NoteSeq(seq);
    }
}
