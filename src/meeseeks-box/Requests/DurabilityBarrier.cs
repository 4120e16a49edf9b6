using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Sees to it that no answer tells of a change that is not on disk, where the configuration promises that (<c>state.durable</c>).</summary>
internal sealed class DurabilityBarrier(CoreHost host)
{
    /// <summary>Takes note that a client is about to change jobs; where that cannot be brought to disk just now, the answer says so.</summary>
    public void Note(Request request, Session session, ResponseWriter answer)
    {
        if (request is not (SubmitRequest or KillRequest or ModifyRequest or SyncRequest { Jobs.Count: > 0 }))
        {
            return;
        }

        session.HasChanged = true;
        var problem = host.SavingProblem;
        session.HasSubmitted |= request is SyncRequest sync
            ? sync.Jobs.Any(job => job.Node is null)
            : problem is null && request is SubmitRequest;
        if (problem is not null && request is KillRequest or ModifyRequest)
        {
            answer.Warn([$"the change is not on disk yet: {problem}"]);
        }
    }

    /// <summary>Ends when all that a client has changed is on disk.</summary>
    public async ValueTask WaitAsync(Session session, CancellationToken stop)
    {
        if (!session.HasChanged)
        {
            return;
        }

        // A client that submits by sync cannot be refused: without an answer it connects again and sends the job once more.
        // Who ends a job on a full disk wants it to end, and not to wait for room, and what an upstream node sends is on disk there. But what was taken
        // from a client before the disk was known to be full has to wait.
        var mustWait = session.HasSubmitted || host.SavingProblem is null;
        session.HasChanged = session.HasSubmitted = false;
        if (mustWait && host.DurableAsync(host.Journaled) is { IsCompleted: false } durable)
        {
            await durable.WaitAsync(stop);
        }
    }
}
