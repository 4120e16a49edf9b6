using MeeseeksBox.Agent.State;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Sees to it that no answer tells of a change that is not on disk, where the configuration promises that (<c>state.durable</c>).</summary>
internal sealed class Durability(StateKeeper state)
{
    /// <summary>Takes note that a client is about to change jobs; where that cannot be brought to disk just now, the answer says so.</summary>
    public void Note(Request request, Session session, AnswerWriter answer)
    {
        if (request is not (SubmitRequest or KillRequest or ModifyRequest or SyncRequest { Jobs.Count: > 0 }))
        {
            return;
        }

        session.HasChanged = true;
        if (state.SavingProblem is { } problem && request is KillRequest or ModifyRequest)
        {
            answer.Warn([$"the change is not on disk yet: {problem}"]);
        }
    }

    /// <summary>Ends when all that a client has changed is on disk.</summary>
    public async ValueTask WaitAsync(Session session, CancellationToken stop)
    {
        if (session.HasChanged)
        {
            session.HasChanged = false;

            // Who ends a job on a full disk wants it to end, and not to wait for room.
            await (state.SavingProblem is null ? state.DurableAsync(state.Journaled).WaitAsync(stop) : Task.CompletedTask);
        }
    }
}
