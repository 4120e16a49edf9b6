using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>query</c> and <c>job</c>: one job, or <c>false</c>.</summary>
internal sealed class QueryHandler(CoreHost host)
{
    public async ValueTask HandleAsync(QueryRequest request, RequestOptions options, ResponseWriter answer)
    {
        var found = host.Execute((core, now) =>
            core.Find(request.Id) is not { } job ? null : options.Stamps ? job : core.AsReported(job, now));
        await ResponseWriter.LeaveForOutputsAsync(found);
        answer.WriteJob(found);
    }
}
