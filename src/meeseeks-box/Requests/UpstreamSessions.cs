using MeeseeksBox.Agent.State;

namespace MeeseeksBox.Agent.Requests;

/// <summary>
/// The upstream nodes that are connected, and how much each has been told: a node that stops waits for them
/// (docs/SPECIFICATION.md#orderly-stop).
/// </summary>
/// <param name="host">Counts the heads among them.</param>
internal sealed class UpstreamSessions(CoreHost host)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Session> _sessions = [];
    private (long Seq, TaskCompletionSource Done)? _waiting;

    /// <summary>Takes note that a client is an upstream node, or has been told something.</summary>
    public void Note(Session session)
    {
        bool isNew;
        lock (_lock)
        {
            isNew = _sessions.Add(session);
            Check();
        }

        if (isNew)
        {
            host.Execute((core, _) => core.HeadConnected());
        }
    }

    /// <summary>Forgets a client that has gone.</summary>
    public void Forget(Session session)
    {
        bool wasKnown;
        lock (_lock)
        {
            wasKnown = _sessions.Remove(session);
            Check();
        }

        if (wasKnown)
        {
            host.Execute((core, _) => core.HeadDisconnected());
        }
    }

    /// <summary>Ends when every upstream node has been told of all changes up to a number, or is gone.</summary>
    public Task WhenAllUpdated(long seq)
    {
        lock (_lock)
        {
            _waiting = (seq, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Check();
            return _waiting.Value.Done.Task;
        }
    }

    private void Check()
    {
        if (_waiting is { } waiting && _sessions.All(session => session.SentSeq >= waiting.Seq))
        {
            _ = waiting.Done.TrySetResult();
        }
    }
}
