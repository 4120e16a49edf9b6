using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>suspend</c> and <c>resume</c>: of running jobs. Their nodes stop and continue the processes.</summary>
internal sealed class SuspendHandler(CoreHost host)
{
    public ValueTask HandleAsync(SuspendRequest request, ResponseWriter answer, Session session, CancellationToken stop)
    {
        if (request.Id is not null)
        {
            answer.WriteJob(Set(request.Id));
            return ValueTask.CompletedTask;
        }

        // A filter selects among all jobs, most of which do not run. Of others, somebody else may have stopped the processes.
        var ids = SelectedJobs.Of(
            request.Filter,
            host,
            job => job.Status.State is JobState.Running && (request.IsSuspended || job.Spec.Suspended is true));
        KeyValuePair<string, Job?>[] changed = [.. ids.Select(id => KeyValuePair.Create(id, Set(id)))];
        return answer.WriteJobsAsync(changed, stop);

        Job? Set(string id)
        {
            var result = JobChange.Try(id, host, session, answer, (core, now) => core.SetSuspended(id, request.IsSuspended, now));
            if (result?.Problem is { } problem)
                answer.Refuse(problem);

            return result?.Job;
        }
    }
}
