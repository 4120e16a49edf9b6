using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>submit</c>: makes a job, or changes one.</summary>
internal sealed class SubmitHandler(StateKeeper state)
{
    public ValueTask HandleAsync(SubmitRequest request, AnswerWriter answer, CancellationToken stop)
    {
        var result = state.SavingProblem is { } problem
            ? new SubmitAnswer(
                [new(request.Spec.Id ?? "", null)], $"nothing new is taken until the state can be saved, which fails: {problem}", [])
            : state.Do((ledger, now) => ledger.Submit(request.Spec, now));
        if (result.Error is not null)
        {
            answer.Refuse(result.Error, result.Code);
        }

        answer.Warn(result.Warnings);
        return answer.WriteJobsAsync(result.Jobs, stop);
    }
}
