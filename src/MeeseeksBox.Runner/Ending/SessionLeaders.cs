using System.Collections.Concurrent;

namespace MeeseeksBox.Runner.Ending;

/// <summary>The runs that have not ended, by the process that leads their session. May be used by any thread.</summary>
/// <remarks>
/// The system gives a process id away again when no process of its session is left. Then the session belongs to the later run.
/// </remarks>
internal sealed class SessionLeaders
{
    private readonly ConcurrentDictionary<int, string> _runs = new();

    /// <summary>Records the leader of a run.</summary>
    public void Add(int pid, string run) => _runs[pid] = run;

    /// <summary>Removes a run that has ended.</summary>
    public void Remove(int pid, string run) => _runs.TryRemove(KeyValuePair.Create(pid, run));

    /// <summary>True when a session is the one of a run.</summary>
    public bool IsOf(int session, string run) => _runs.TryGetValue(session, out var owner) && owner == run;

    /// <summary>True when a session is the one of any run.</summary>
    public bool IsKnown(int session) => _runs.ContainsKey(session);
}
