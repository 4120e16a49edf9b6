using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>get</c>: jobs with all attributes.</summary>
/// <param name="host">Has the jobs.</param>
/// <param name="upstreamSessions">The upstream nodes.</param>
/// <param name="instance">The instance of this box, to which its numbers of change belong.</param>
/// <param name="time">The clock.</param>
internal sealed class GetHandler(CoreHost host, UpstreamSessions upstreamSessions, string instance, TimeProvider time)
{
    public async ValueTask HandleAsync(
        GetRequest request, RequestOptions options, ResponseWriter answer, Session session, CancellationToken stop)
    {
        var isPiece = request.Filter.NewerSeq is not null && options.Limit is not null;
        var query = JobQuery.Of(request.Filter, options) with { RemovedAfter = isPiece ? session.FirstPieceSeq : 0 };
        var (jobs, seq) = host.Select(query);
        if (request.Filter.NewerSeq is null && !options.Stamps)
            jobs = host.Execute((core, now) => core.AsReported(jobs, now));

        if (isPiece && request.Filter.Ids is not null)
            jobs = [.. jobs.OrderBy(job => job.Seq)];
        var count = await answer.WritePieceAsync(
            jobs.Select(job => KeyValuePair.Create(job.Id, (Job?)job)), isPiece ? options.Limit!.Value : long.MaxValue, stop,
            options.Same ? session.HasSpec : null);
        if (request.Filter.NewerSeq is not { } after)
            return;

        if (isPiece)
        {
            if (after is 0)
                session.FirstPieceSeq = seq;

            var hasMore = count < jobs.Count;
            seq = hasMore ? jobs[count - 1].Seq : seq;
            var hasGap = after > 0 && host.Execute((core, _) => core.HasGapSince(Math.Max(after, session.FirstPieceSeq)));
            answer.NotePiece(hasMore, hasGap, instance, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        }

        answer.NoteSeq(seq);
        if (session.IsUpstream)
        {
            session.SentSeq = seq;
            upstreamSessions.Note(session);
        }
    }
}
