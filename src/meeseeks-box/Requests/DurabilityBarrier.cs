using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Holds back answers until the changes of their requests are on disk (<c>state.durable</c>).</summary>
internal sealed class DurabilityBarrier(CoreHost host)
{
    /// <summary>Marks the session before a request that changes jobs. Warns when the journal cannot be written.</summary>
    public void Note(Request request, Session session, ResponseWriter answer)
    {
        if (request is not (SubmitRequest or KillRequest { Signal: null } or SuspendRequest or ModifyRequest
            or SyncRequest { Jobs.Count: > 0 }))
            return;

        session.HasChanged = true;
        var problem = host.SavingProblem;
        session.HasSubmitted |= request is SyncRequest sync
            ? sync.Jobs.Any(job => job.Status.Node is null)
            : problem is null && request is SubmitRequest;
        if (problem is not null && request is KillRequest or SuspendRequest or ModifyRequest)
            answer.Warn([$"the change is not on disk yet: {problem}"]);
    }

    /// <summary>Completes when the changes of a client are on disk.</summary>
    public async ValueTask WaitAsync(Session session, CancellationToken stop)
    {
        if (!session.HasChanged)
            return;

        // Kills are answered without waiting for a full disk. So are changes by an upstream node, which has them on its own disk. Submits
        // that were accepted before the failure was detected must wait. So must submits by sync, which cannot be rejected: without an
        // answer, such a client connects again and sends the job once more.
        var mustWait = session.HasSubmitted || host.SavingProblem is null;
        session.HasChanged = session.HasSubmitted = false;
        if (mustWait && host.DurableAsync(host.Journaled) is { IsCompleted: false } durable)
            await durable.WaitAsync(stop);
    }
}
