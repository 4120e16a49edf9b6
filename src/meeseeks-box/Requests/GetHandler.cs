using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>get</c>: jobs, whole.</summary>
internal sealed class GetHandler(StateKeeper state, Upstreams upstreams)
{
    public async ValueTask HandleAsync(GetRequest request, RequestOptions options, AnswerWriter answer, Session session, CancellationToken stop)
    {
        var (jobs, seq) = state.Select(request.Filter, options);
        await answer.WriteJobsAsync(jobs.Select(job => KeyValuePair.Create(job.Id, (Job?)job)), stop);
        if (request.Filter.NewerSeq is null)
        {
            return;
        }

        answer.NoteSeq(seq);
        if (session.IsUpstream)
        {
            session.ToldSeq = seq;
            upstreams.Note(session);
        }
    }
}
