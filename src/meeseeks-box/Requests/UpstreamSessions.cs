using MeeseeksBox.Agent.State;

namespace MeeseeksBox.Agent.Requests;

/// <summary>The sessions of connected upstream nodes with their cursors.</summary>
/// <remarks>A box that stops waits until all of them are up to date (docs/SPECIFICATION.md#orderly-stop).</remarks>
/// <param name="host">Its core refreshes live jobs for the heads that do not accept a lease.</param>
internal sealed class UpstreamSessions(CoreHost host)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Session> _sessions = [];
    private (long Seq, TaskCompletionSource Done)? _waiting;
    private int _withoutLease;

    /// <summary>Adds the session of an upstream node, or processes its changes.</summary>
    public void Note(Session session)
    {
        lock (_lock)
        {
            _ = _sessions.Add(session);
            Check();
        }
    }

    /// <summary>Removes the session of a closed connection.</summary>
    public void Forget(Session session)
    {
        lock (_lock)
        {
            _ = _sessions.Remove(session);
            Check();
        }
    }

    /// <summary>Completes when every upstream node has received all changes up to a number, or has disconnected.</summary>
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
            _ = waiting.Done.TrySetResult();

        var withoutLease = _sessions.Count(session => !session.AcceptsLease);
        if (withoutLease != _withoutLease)
        {
            _withoutLease = withoutLease;
            host.Execute((core, _) => core.SetHeadsWithoutLease(withoutLease));
        }
    }
}
