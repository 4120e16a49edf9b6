using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>get</c>: jobs, whole.</summary>
internal sealed class GetHandler(StateKeeper state, Upstreams upstreams)
{
    public async ValueTask HandleAsync(GetRequest request, AnswerWriter answer, Session session, CancellationToken stop)
    {
        var (jobs, seq) = state.Select(request.Filter);
        await answer.WriteJobsAsync(jobs.Select(job => KeyValuePair.Create(job.Id, (Job?)job)), stop);
        if (session.IsUpstream && request.Filter.NewerSeq is not null)
        {
            session.ToldSeq = seq;
            upstreams.Note(session);
        }
    }
}
