using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>submit</c>: creates or changes a job.</summary>
internal sealed class SubmitHandler(CoreHost host)
{
    public ValueTask HandleAsync(
        SubmitRequest request, RequestOptions options, ResponseWriter answer, Session session, CancellationToken stop)
    {
        var result = Submit(request.Spec, options.OnlyNew, session.Rights);
        if (result.Error is not null)
            answer.Refuse(result.Error, result.Code);

        answer.Warn(result.Warnings);
        if (result.Error is null && request.Spec.Values.Spec.Settings is { } settings)
            answer.Warn(BoxConfigurationReader.UnknownKeysIn(settings));

        return answer.WriteJobsAsync(result.Jobs, stop);
    }

    private SubmitResult Submit(SubmitArgument spec, bool onlyNew, ClientRights rights)
    {
        if (host.SavingProblem is { } problem)
            return Refused(spec, $"submit rejected: the state cannot be saved: {problem}");

        return rights.Refusal(spec) is { } refusal
            ? Refused(spec, refusal) with { Code = ErrorCode.Forbidden }
            : host.Execute((core, now) => core.Submit(spec, now, rights.Submitter, onlyNew));
    }

    private static SubmitResult Refused(SubmitArgument spec, string problem) => new([new(spec.Id ?? "", null)], problem, []);
}
