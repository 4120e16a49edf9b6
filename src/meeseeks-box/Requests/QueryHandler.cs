using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>query</c> and <c>job</c>: one job, or <c>false</c>.</summary>
internal sealed class QueryHandler(CoreHost host)
{
    public void Handle(QueryRequest request, RequestOptions options, ResponseWriter answer) => answer.WriteJob(host.Execute((core, now) =>
        core.Find(request.Id) is not { } job ? null : options.Stamps ? job : core.AsReported([job], now)[0]));
}
