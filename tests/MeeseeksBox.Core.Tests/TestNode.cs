using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Scheduling;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests;

/// <summary>A ledger with its clock, and in place of the shell the test.</summary>
internal sealed class TestNode
{
    private readonly Dictionary<string, Peer> _peers = [];
    private double _statusTs;
    private int _noted;

    public TestNode(NodeSettings? settings = null, Clock? clock = null, int seed = 1)
    {
        Clock = clock ?? new Clock();
        Core = new NodeCore(settings ?? Some.Node(), new Random(seed));
    }

    public NodeCore Core { get; }

    public Clock Clock { get; }

    public Instant Now => Clock.Now;

    /// <summary>The lines of the history so far.</summary>
    public List<Job> History { get; } = [];

    /// <summary>A head without pools that knows of other nodes: name, slots of pool p1.</summary>
    public static TestNode Head(params (string Name, int Slots)[] nodes)
    {
        var head = new TestNode(Some.Head());
        head.Hear([.. nodes.Select(node => (node.Name, Some.Status(0, node.Slots)))]);
        return head;
    }

    public Job this[string id] => Core.Find(id) ?? throw new InvalidOperationException($"There is no job '{id}'.");

    public SubmitResult Submit(string json) => Noted(Core.Submit(Some.Spec(json), Now));

    /// <summary>Submits what must be accepted, and gives the one job that comes of it.</summary>
    public Job Accept(string json)
    {
        var answer = Submit(json);
        answer.Error.Should().BeNull();
        return answer.Jobs.Should().ContainSingle().Subject.Value!;
    }

    public Job? Kill(string id) => Noted(Core.Kill(id, Now));

    public IReadOnlyList<string> Merge(params Job[] jobs) => Noted(Core.Merge(jobs, Now));

    public void Load(params Job[] jobs)
    {
        Core.Load(jobs, Now);
        Core.Resume(Now);
        _ = Noted(true);
    }

    /// <summary>Takes in news of other nodes, each newer than the last.</summary>
    public void Hear(params (string Name, NodeStatus Status)[] nodes)
    {
        _statusTs++;
        Hear("peer", [.. nodes.Select(node => (node.Name, node.Status with { Ts = _statusTs }))]);
    }

    /// <summary>Takes in what a peer tells of nodes, stamps included; it is added where it is not known.</summary>
    public void Hear(string peer, params (string Name, NodeStatus Status)[] nodes)
    {
        Core.MergeNodesOf(Peer(peer), nodes.ToDictionary(node => node.Name, node => node.Status), [], null, Now).Should().BeNull();
        _ = Noted(true);
    }

    /// <summary>A peer by its name.</summary>
    public Peer Peer(string name) => _peers.TryGetValue(name, out var peer) ? peer : _peers[name] = Core.AddPeer(name, Now);

    public void Apply(NodeSettings settings)
    {
        Core.Apply(settings, Now);
        _ = Noted(true);
    }

    /// <summary>Takes the next job of a pool, which must be there.</summary>
    public Run Take(string pool = "p1") => Core.ClaimNext(pool, Now) ?? throw new InvalidOperationException($"Nothing waits in {pool}.");

    /// <summary>Takes and starts the next job of a pool, which must be there.</summary>
    public Run Start(string pool = "p1")
    {
        var run = Take(pool);
        Core.Started(run, 4711, Now);
        return run;
    }

    public void End(Run run, int rc = 0, string? error = null)
    {
        Core.Ended(run, new RunResult(rc is 0 && error is null, error is null ? rc : null, error), Now);
        _ = Noted(true);
    }

    /// <summary>Submits a job under an id and has it end with an exit status.</summary>
    public Job RunToEnd(string json, int rc = 0)
    {
        var job = Accept(json);
        End(Start(job.Pool), rc);
        return this[job.Id];
    }

    /// <summary>Lets time pass, and does what is due when it is due.</summary>
    public void Pass(double seconds)
    {
        var end = Clock.Steady + seconds;
        while (Core.NextDeadline() is { } deadline && deadline < end)
        {
            Clock.PassUntil(Math.Max(deadline, Clock.Steady));
            Core.Tick(Now);
            _ = Noted(true);
        }

        Clock.PassUntil(end);
        Core.Tick(Now);
        _ = Noted(true);
    }

    /// <summary>What the shell is to do now, forgotten once it is told.</summary>
    public (string[] Pools, Run[] Stops) News()
    {
        (string[], Run[]) news = ([.. Core.Effects.PoolsToWake.Order(StringComparer.Ordinal)], [.. Core.Effects.RunsToCancel]);
        _ = Noted(true);
        Core.Effects.Clear();
        _noted = 0;
        return news;
    }

    private T Noted<T>(T result)
    {
        History.AddRange(Core.Effects.EndedJobs.Skip(_noted));
        _noted = Core.Effects.EndedJobs.Count;
        return result;
    }
}
