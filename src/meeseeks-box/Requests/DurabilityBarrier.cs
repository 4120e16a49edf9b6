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

        // Changes by an upstream node are on its own disk. A submit by sync cannot be rejected, and its client reads no warning.
        var problem = host.SavingProblem;
        session.HasChanged = true;
        session.MustBeSaved |= request is SyncRequest sync ? sync.Jobs.Any(job => job.Status.Node is null) : problem is null;
        if (problem is not null && request is KillRequest or SuspendRequest or ModifyRequest)
            answer.Warn([$"the change is not on disk yet: {problem}"]);
    }

    /// <summary>Completes when the changes of a client are on disk, or cannot be written.</summary>
    /// <exception cref="IOException">
    /// The disk turned out to be full after the request was carried out. Without an answer, the client sends the request once more.
    /// </exception>
    public async ValueTask WaitAsync(Session session, CancellationToken stop)
    {
        if (!session.HasChanged)
            return;

        var mustBeSaved = session.MustBeSaved;
        session.HasChanged = session.MustBeSaved = false;
        if (await host.DurableAsync(host.Journaled).WaitAsync(stop) is { } problem && mustBeSaved)
            throw new IOException($"a change is not on disk: {problem}");
    }
}
