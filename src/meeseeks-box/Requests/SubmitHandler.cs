using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>submit</c>: creates or changes a job.</summary>
internal sealed class SubmitHandler(CoreHost host)
{
    public ValueTask HandleAsync(SubmitRequest request, ResponseWriter answer, CancellationToken stop)
    {
        var result = host.SavingProblem is { } problem
            ? new SubmitResult(
                [new(request.Spec.Id ?? "", null)], $"submit rejected: the state cannot be saved: {problem}", [])
            : host.Execute((core, now) => core.Submit(request.Spec, now));
        if (result.Error is not null)
            answer.Refuse(result.Error, result.Code);

        answer.Warn(result.Warnings);
        return answer.WriteJobsAsync(result.Jobs, stop);
    }
}
