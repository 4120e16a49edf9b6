using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests;

/// <summary>A core with a clock, whose shell is the test.</summary>
internal sealed class TestNode
{
    private readonly Dictionary<string, Peer> _peers = [];
    private double _statusTs;
    private int _recordedEnds;

    public TestNode(NodeSettings? settings = null, Clock? clock = null, int seed = 1)
    {
        Clock = clock ?? new Clock();
        Core = new NodeCore(settings ?? Some.Node(), new Random(seed));
    }

    public NodeCore Core { get; }

    public Clock Clock { get; }

    public Instant Now => Clock.Now;

    /// <summary>The lines of the history.</summary>
    public List<Job> History { get; } = [];

    /// <summary>A head without pools above nodes, each with its slots of pool p1.</summary>
    public static TestNode Head(params (string Name, int Slots)[] nodes)
    {
        var head = new TestNode(Some.Head());
        head.ReceiveNodes([.. nodes.Select(node => (node.Name, Some.Status(0, node.Slots)))]);
        return head;
    }

    public Job this[string id] => Core.Find(id) ?? throw new InvalidOperationException($"There is no job '{id}'.");

    public SubmitResult Submit(string json) => RecordEnds(Core.Submit(Some.Spec(json), Now));

    /// <summary>Submits jobs, and leaves those as they are that are known.</summary>
    public SubmitResult SubmitNew(string json) => RecordEnds(Core.Submit(Some.Spec(json), Now, onlyNew: true));

    /// <summary>Submits a job that must be accepted, and returns it.</summary>
    public Job Accept(string json)
    {
        var answer = Submit(json);
        answer.Error.Should().BeNull();
        return answer.Jobs.Should().ContainSingle().Subject.Value!;
    }

    public Job? Kill(string id) => RecordEnds(Core.Kill(id, Now));

    public IReadOnlyList<string> Merge(params Job[] jobs) => RecordEnds(Core.Merge(jobs, Now));

    public void Load(params Job[] jobs)
    {
        Core.Load(jobs, Now);
        Core.Resume(Now);
        _ = RecordEnds(true);
    }

    /// <summary>Merges statuses of nodes, with a later stamp each time.</summary>
    public void ReceiveNodes(params (string Name, NodeStatus Status)[] nodes)
    {
        _statusTs++;
        ReceiveNodes("peer", [.. nodes.Select(node => (node.Name, node.Status with { Ts = _statusTs }))]);
    }

    /// <summary>Merges the statuses that a peer reports, with their stamps. Adds an unknown peer.</summary>
    public void ReceiveNodes(string peer, params (string Name, NodeStatus Status)[] nodes)
    {
        Core.MergeNodesOf(Peer(peer), nodes.ToDictionary(node => node.Name, node => node.Status), [], null, Now).Should().BeNull();
        _ = RecordEnds(true);
    }

    /// <summary>Finds or adds a peer by its name.</summary>
    public Peer Peer(string name) => _peers.TryGetValue(name, out var peer) ? peer : _peers[name] = Core.AddPeer(name, Now);

    public void Apply(NodeSettings settings)
    {
        Core.Apply(settings, Now);
        _ = RecordEnds(true);
    }

    /// <summary>Claims the next job of a pool, which must have one.</summary>
    public Run Take(string pool = "p1") => Core.ClaimNext(pool, Now) ?? throw new InvalidOperationException($"Nothing waits in {pool}.");

    /// <summary>Claims and starts the next job of a pool, which must have one.</summary>
    public Run Start(string pool = "p1")
    {
        var run = Take(pool);
        Core.Started(run, 4711, Now);
        return run;
    }

    public void End(Run run, int rc = 0, string? error = null)
    {
        Core.Ended(run, new RunResult(rc is 0 && error is null, error is null ? rc : null, error), Now);
        _ = RecordEnds(true);
    }

    /// <summary>Submits a job, starts it, and ends it with an exit status.</summary>
    public Job RunToEnd(string json, int rc = 0)
    {
        var job = Accept(json);
        End(Start(job.Spec.Pool), rc);
        return this[job.Id];
    }

    /// <summary>Advances the time, with a tick at each deadline.</summary>
    public void Pass(double seconds)
    {
        var end = Clock.Steady + seconds;
        while (Core.NextDeadline() is { } deadline && deadline < end)
        {
            Clock.PassUntil(Math.Max(deadline, Clock.Steady));
            Core.Tick(Now);
            _ = RecordEnds(true);
        }

        Clock.PassUntil(end);
        Core.Tick(Now);
        _ = RecordEnds(true);
    }

    /// <summary>Returns and clears the pending effects.</summary>
    public (string[] Pools, Run[] Stops) TakeEffects()
    {
        (string[], Run[]) effects = ([.. Core.Effects.PoolsToWake.Order(StringComparer.Ordinal)], [.. Core.Effects.RunsToCancel]);
        _ = RecordEnds(true);
        Core.Effects.Clear();
        _recordedEnds = 0;
        return effects;
    }

    private T RecordEnds<T>(T result)
    {
        History.AddRange(Core.Effects.EndedJobs.Skip(_recordedEnds));
        _recordedEnds = Core.Effects.EndedJobs.Count;
        return result;
    }
}
