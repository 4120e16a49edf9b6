using MeeseeksBox.Agent.State;
using MeeseeksBox.Core;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Agent.Signals;

/// <summary>Sends signals to the processes of jobs, on whichever node they run (docs/SPECIFICATION.md#signals).</summary>
/// <param name="host">The jobs and nodes.</param>
/// <param name="processes">The processes on this node.</param>
/// <param name="relay">The downstream nodes.</param>
internal sealed class SignalSender(CoreHost host, IRunProcesses processes, ISignalRelay relay)
{
    // The answer of a peer repeats all ids.
    private const int MostOfOneLine = 500;

    /// <summary>Sends a signal to jobs, once to each.</summary>
    /// <param name="ids">The ids of the jobs.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="stop">Cancels the wait; the signals may have been sent.</param>
    public async Task<SignalOutcome> SendAsync(IEnumerable<string> ids, Signal signal, CancellationToken stop)
    {
        var targets = ids.Distinct().Select(id => host.Execute((core, _) => Find(core, id))).ToList();
        var refused = targets.Where(target => target.Problem is not null).Select(target => SignalOutcome.Failed(target.Problem!));
        var here = targets.Where(target => target.Run is not null).Select(async target =>
            SignalOutcome.Of(target.Id, await processes.SignalAsync(target.Run!, signal)));
        var distant = targets.Where(target => target.Peers is not []).GroupBy(target => string.Join('\n', target.Peers))
            .SelectMany(group => group.Chunk(MostOfOneLine))
            .Select(group => RelayAsync(group[0].Peers, [.. group.Select(target => target.Id)], signal, stop));
        SignalOutcome[] outcomes = [.. refused, .. await Task.WhenAll([.. here, .. distant])];
        return new SignalOutcome(
            outcomes.SelectMany(outcome => outcome.Sent).ToHashSet(), [.. outcomes.SelectMany(outcome => outcome.Problems)]);
    }

    private static Target Find(NodeCore core, string id)
    {
        if (JobRoute.Find(core, id, NodeStatus.SignalCapability) is not { } route)
            return Target.Refused(id, $"there is no job '{id}'; it may have ended and expired");

        var (run, state) = (core.FindRun(id), route.Job.Status.State);
        if (run is not null)
        {
            return state is JobState.New
                ? Target.Refused(id, $"the process of job '{id}' has not started yet")
                : new Target(id) { Run = run };
        }

        if (!route.IsRunning || route.IsHere)
            return Target.Refused(id, $"job '{id}' does not run: it is {JobStates.Word(state)}");

        return route.Problem is { } problem ? Target.Refused(id, problem)
            : !route.IsCapable ? Target.Refused(id, $"node '{route.Job.Status.Node}' of job '{id}' has a version that sends no signals")
            : route.Peers is [] ? Target.Refused(
                id, $"no node on the way to node '{route.Job.Status.Node}' of job '{id}' has a version that relays signals")
            : new Target(id) { Peers = route.Peers };
    }

    private async Task<SignalOutcome> RelayAsync(
        IReadOnlyList<string> peers, IReadOnlyList<string> ids, Signal signal, CancellationToken stop)
    {
        string? problem = null;
        foreach (var peer in peers)
        {
            try
            {
                return await relay.SendAsync(peer, ids, signal, stop);
            }
            catch (IOException lost)
            {
                problem ??= $"node '{peer}' cannot be asked to send it to {Quoted(ids)}: {lost.Message}";
            }
        }

        return SignalOutcome.Failed(problem!);
    }

    private static string Quoted(IReadOnlyList<string> ids) => ids.Count is 1 ? $"job '{ids[0]}'" : $"{ids.Count} jobs";

    private sealed record Target(string Id)
    {
        public string? Problem { get; private init; }

        public Run? Run { get; init; }

        public IReadOnlyList<string> Peers { get; init; } = [];

        public static Target Refused(string id, string problem) => new(id) { Problem = problem };
    }
}
