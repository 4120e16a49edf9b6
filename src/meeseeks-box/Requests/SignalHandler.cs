using MeeseeksBox.Agent.Signals;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>kill</c> with <c>signal</c>: sends a signal to the processes of jobs, and changes nothing else.</summary>
internal sealed class SignalHandler(CoreHost host, SignalSender sender)
{
    public async ValueTask HandleAsync(KillRequest request, ResponseWriter answer, Session session, CancellationToken stop)
    {
        // A filter selects among all jobs, most of which do not run.
        var signal = request.Signal!.Value;
        string[] ids = request.Id is { } one ? [one] : [.. SelectedJobs.Of(request.Filter, host, JobRoute.HasRun)];
        var refusals = ids.Distinct().Select(id => (Id: id, Problem: Stored(id) is { } job ? session.Rights.Refusal(job) : null))
            .Where(refused => refused.Problem is not null).ToDictionary(refused => refused.Id, refused => refused.Problem!);
        foreach (var refusal in refusals.Values)
            answer.Refuse(refusal, ErrorCode.Forbidden);

        var outcome = await sender.SendAsync(ids.Where(id => !refusals.ContainsKey(id)), signal, stop);
        foreach (var problem in outcome.Problems)
            answer.Refuse(problem);

        answer.NoteSignal(signal);
        if (request.Id is not null)
            answer.WriteJob(Find(ids[0]));
        else
            await answer.WriteJobsAsync(ids.Select(id => KeyValuePair.Create(id, Find(id))), stop);

        Job? Find(string id) => outcome.Sent.Contains(id) ? Stored(id) : null;
    }

    private Job? Stored(string id) => host.Execute((core, _) => core.Find(id));
}
