using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>submit</c>: makes a job, or changes one.</summary>
internal sealed class SubmitHandler(CoreHost host)
{
    public ValueTask HandleAsync(SubmitRequest request, ResponseWriter answer, CancellationToken stop)
    {
        var result = host.SavingProblem is { } problem
            ? new SubmitResult(
                [new(request.Spec.Id ?? "", null)], $"nothing new is taken until the state can be saved, which fails: {problem}", [])
            : host.Execute((core, now) => core.Submit(request.Spec, now));
        if (result.Error is not null)
        {
            answer.Refuse(result.Error, result.Code);
        }

        answer.Warn(result.Warnings);
        return answer.WriteJobsAsync(result.Jobs, stop);
    }
}
