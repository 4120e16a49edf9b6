using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;
using Serilog;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>sync</c>: merges the copies of an upstream node (docs/SPECIFICATION.md#sync-request).</summary>
/// <remarks>The answer has the ids of the jobs that were accepted.</remarks>
internal sealed class SyncHandler(CoreHost host, UpstreamSessions upstreamSessions, TimeProvider time, ILogger log)
{
    private readonly LogPause<string> _pause = new(TimeSpan.FromHours(1), time);

    public void Handle(SyncRequest request, RequestOptions options, ResponseWriter answer, Session session)
    {
        foreach (var problem in request.Problems)
            log.Warning("job from the upstream node skipped: {Problem}", problem);

        if (options.Cycle is { } cycle)
        {
            if (session.Rights.Role is Role.Peer or Role.Admin)
                LogCycle(cycle);

            answer.Json.WriteStartArray();
            answer.Json.WriteEndArray();
            return;
        }

        var acceptsLease = options.Lease ?? session.AcceptsLease;
        if (!session.IsUpstream || acceptsLease != session.AcceptsLease)
        {
            if (!session.IsUpstream && options.Lease is not null && session.Rights.Role is Role.Submit)
            {
                log.Warning(
                    "an upstream node has the role 'submit', so that the status of jobs in its copies is ignored; "
                    + "give it the role 'peer' (listen.allow)");
            }

            (session.IsUpstream, session.AcceptsLease) = (true, acceptsLease);
            upstreamSessions.Note(session);
        }

        var taken = request.Jobs.Count is 0 ? [] : host.Merge(request.Jobs, Merge);
        answer.Json.WriteStartArray();
        foreach (var id in taken)
            answer.Json.WriteStringValue(id);

        answer.Json.WriteEndArray();

        IReadOnlyList<string> Merge(NodeCore core, IReadOnlyList<Job> jobs, Instant now)
        {
            var ids = core.Merge(jobs, now, session.Rights.Submitter);
            foreach (var id in ids)
            {
                if (core.Find(id) is { } job)
                    session.NoteSpec(job.Spec);
            }

            return ids;
        }
    }

    private void LogCycle(IReadOnlyList<string> cycle)
    {
        var problem = SingleLine.Beginning(LinkFailure.OfCycle(cycle).Reason);
        if (_pause.IsOver(problem))
            log.Error("the node above rejects its link to this one: {Problem}", problem);
    }
}
