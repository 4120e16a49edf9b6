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
    // In bytes. Most jobs are longer, so that most pieces are as long as their limit.
    private const int ShortJob = 256;

    public ValueTask HandleAsync(
        GetRequest request, RequestOptions options, ResponseWriter answer, Session session, CancellationToken stop) =>
        request.Filter.NewerSeq is { } after
            ? WriteChangesAsync(request.Filter, after, options, answer, session, stop)
            : answer.WriteJobsAsync(ById(All(request.Filter, options)), stop);

    private static IEnumerable<KeyValuePair<string, Job?>> ById(IEnumerable<Job> jobs) =>
        jobs.Select(job => KeyValuePair.Create(job.Id, (Job?)job));

    private static JobQuery Query(JobFilter filter, RequestOptions options, Session session)
    {
        var query = JobQuery.Of(filter, options);
        return options.Limit is not { } limit ? query : query with
        {
            RemovedAfter = session.FirstPieceSeq,
            LastRead = session.LastOfPiece,
            Most = filter.IsOnlyNewer ? 1 + (int)Math.Min(limit / ShortJob, int.MaxValue - 1) : int.MaxValue,
        };
    }

    private IEnumerable<Job> All(JobFilter filter, RequestOptions options)
    {
        var jobs = host.Select(JobQuery.Of(filter, options)).Jobs;
        if (options.Stamps)
            return jobs;

        var nodes = jobs.Where(job => job.Status.Active).Select(job => job.Status.Node).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return jobs.Select(host.Execute((core, now) => core.ReportTimesOf(nodes, now)).Of);
    }

    private async ValueTask WriteChangesAsync(
        JobFilter filter, long after, RequestOptions options, ResponseWriter answer, Session session, CancellationToken stop)
    {
        // Before the jobs are looked up, so that the end of one that is removed meanwhile is not missed.
        if (options.Limit is not null && after is 0)
            session.FirstPieceSeq = host.Seq;

        var (jobs, seq, last) = host.Select(Query(filter, options, session));
        if (options.Limit is not null && filter.Ids is not null)
            jobs = [.. jobs.OrderBy(job => job.Seq)];
        var count = await answer.WritePieceAsync(ById(jobs), options.Limit ?? long.MaxValue, stop, options.Same ? session.HasSpec : null);
        if (count < jobs.Count)
            (seq, last) = (jobs[count - 1].Seq, jobs[count - 1]);
        if (options.Limit is not null)
        {
            session.LastOfPiece = last;
            var hasGap = after > 0 && host.Execute((core, _) => core.HasGapSince(Math.Max(after, session.FirstPieceSeq)));
            answer.NotePiece(last is not null, hasGap, instance, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        }

        answer.NoteSeq(seq);
        if (session.IsUpstream)
        {
            session.SentSeq = seq;
            upstreamSessions.Note(session);
        }
    }
}
