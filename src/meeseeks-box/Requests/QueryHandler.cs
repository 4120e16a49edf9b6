using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>query</c> and <c>job</c>: one job, or <c>false</c>.</summary>
internal sealed class QueryHandler(StateKeeper state)
{
    public void Handle(QueryRequest request, AnswerWriter answer) => answer.WriteJob(state.Do((ledger, _) => ledger.Find(request.Id)));
}
