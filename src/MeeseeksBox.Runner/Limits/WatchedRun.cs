using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Ending;

namespace MeeseeksBox.Runner.Limits;

/// <summary>A run whose memory is watched.</summary>
/// <param name="Tree">Its processes.</param>
/// <param name="Group">Its control group, which has all of them; null without one.</param>
/// <param name="Limit">The bytes that they may use together.</param>
/// <param name="Exceeded">Called once, on the loop, when they use more.</param>
internal sealed record WatchedRun(ProcessTree Tree, RunGroup? Group, long Limit, Action Exceeded)
{
    /// <summary>Its processes now.</summary>
    /// <param name="snapshot">Takes a snapshot of all processes, which runs without a group need.</param>
    public IReadOnlyCollection<int> Processes(Func<ProcessSnapshot> snapshot) =>
        Group is null ? [.. Tree.Members(snapshot()).Select(entry => entry.Pid)] : Group.Processes();
}
