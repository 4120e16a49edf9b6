using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>get</c>: jobs with all attributes.</summary>
internal sealed class GetHandler(CoreHost host, UpstreamSessions upstreamSessions)
{
    public async ValueTask HandleAsync(
        GetRequest request, RequestOptions options, ResponseWriter answer, Session session, CancellationToken stop)
    {
        var (jobs, seq) = host.Select(JobQuery.Of(request.Filter, options));
        if (request.Filter.NewerSeq is null && !options.Stamps)
            jobs = host.Execute((core, now) => core.AsReported(jobs, now));

        await answer.WriteJobsAsync(jobs.Select(job => KeyValuePair.Create(job.Id, (Job?)job)), stop);
        if (request.Filter.NewerSeq is null)
            return;

        answer.NoteSeq(seq);
        if (session.IsUpstream)
        {
            session.SentSeq = seq;
            upstreamSessions.Note(session);
        }
    }
}
