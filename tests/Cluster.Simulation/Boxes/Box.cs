using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>A simulated node: the real core in a simulated shell, in virtual time.</summary>
internal sealed class Box
{
    // The resolution of the timer of the shell, in seconds.
    private const double ShortestTimer = 0.001;
    private const double WallAtStart = 1_800_000_000;

    private readonly World _world;
    private readonly int _seed;
    private readonly Dictionary<string, Link> _links = new(StringComparer.Ordinal);
    private readonly HashSet<Session> _sessions = [];
    private readonly Pools _pools;
    private NodeCore? _core;
    private double _armedFor = double.PositiveInfinity;

    /// <param name="plan">The first configuration.</param>
    /// <param name="world">The simulation that the box belongs to.</param>
    /// <param name="skew">The offset of the wall clock, in seconds.</param>
    /// <param name="seed">The seed of the random decisions of the core.</param>
    public Box(BoxPlan plan, World world, double skew, int seed)
    {
        (Plan, _world, Skew, _seed) = (plan, world, skew, seed);
        Meter = new ProcessorMeter(world.IsMeasured);
        _pools = new Pools(this, world);
    }

    public string Name => Plan.Name;

    /// <summary>The processor time of the box.</summary>
    public ProcessorMeter Meter { get; }

    /// <summary>The active configuration; see <see cref="Configure"/>.</summary>
    public BoxPlan Plan { get; private set; }

    /// <summary>Called for each line of the history.</summary>
    public Action<Job> Recorded { get; set; } = _ => { };

    /// <summary>The offset of the wall clock, in seconds; may be set at any time.</summary>
    public double Skew { get; set; }

    /// <summary>The number of the current instance, from 1.</summary>
    public int Instance { get; private set; }

    public bool IsUp => _core is not null;

    /// <summary>True during an orderly stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The jobs in the state file.</summary>
    public IReadOnlyList<Job> Saved { get; private set; } = [];

    /// <summary>The core; only while the box is up.</summary>
    public NodeCore Core => _core ?? throw new InvalidOperationException($"{Name} is down.");

    public Instant Now => new(WallAtStart + _world.Agenda.Now + Skew, _world.Agenda.Now);

    /// <summary>All copies of jobs: of the core, or of the state file while the box is down.</summary>
    public IEnumerable<Job> Jobs => _core?.Snapshot() ?? Saved;

    /// <summary>Starts a new instance.</summary>
    public void Start()
    {
        Instance++;
        _core = new NodeCore(Plan.Settings, new Random(_seed + (Instance * 1000)));
        _world.Log($"{Name} starts instance {Instance} with {Saved.Count} jobs");
        Do(Turn.Load, (core, now) => core.Load(Saved, now));
        Do(Turn.Own, (core, now) => core.Resume(now));
        InThisInstance(Plan.Checkpoint, SaveAgain);
        Linked();
    }

    /// <summary>Crashes the box.</summary>
    /// <param name="losesState">True to lose the state file too.</param>
    public void Crash(bool losesState)
    {
        Saved = losesState ? [] : _world.IsDurable ? Core.Snapshot() : Saved;
        _world.Log($"{Name} crashes {(losesState ? "and loses its state" : $"with {Saved.Count} jobs saved")}");
        var jobs = Core.Snapshot();
        End();
        _world.Account.NoteCrash(this, jobs);
    }

    /// <summary>Stops the box in order (docs/SPECIFICATION.md#orderly-stop), after a delay.</summary>
    public void Stop()
    {
        _world.Log($"{Name} stops");
        IsStopping = true;
        Do(Turn.Own, (core, _) => core.Close());
        InThisInstance(0.5, WhenRunsEnded);

        void WhenRunsEnded()
        {
            if (Core.Runs.Count > 0)
            {
                InThisInstance(0.1, WhenRunsEnded);
                return;
            }

            InThisInstance(_world.Between(0.1, 2), () =>
            {
                Saved = Core.Snapshot();
                _world.Log($"{Name} has stopped with {Saved.Count} jobs saved");
                End();
            });
        }
    }

    /// <summary>Applies another configuration.</summary>
    public void Configure(BoxPlan plan)
    {
        Plan = plan;
        if (IsUp)
        {
            Linked();
            Do(Turn.Own, (core, now) => core.Apply(plan.Settings, now));
        }
    }

    /// <summary>Calls the core, and applies the effects of the call.</summary>
    /// <param name="turn">The reason of the call.</param>
    /// <param name="work">The call.</param>
    /// <param name="came">The copies that the call merges.</param>
    public T Do<T>(Turn turn, Func<NodeCore, Instant, T> work, IReadOnlyList<Job>? came = null)
    {
        var core = Core;
        var seq = core.Seq;
        T result;
        using (Meter.Measure())
        {
            result = work(core, Now);
        }

        _world.Account.NoteTurn(this, turn, seq, came ?? []);
        ApplyEffects(core.Effects);
        Arm(core);
        return result;
    }

    public void Do(Turn turn, Action<NodeCore, Instant> work) => Do(turn, (core, now) =>
    {
        work(core, now);
        return true;
    });

    /// <summary>Schedules an event, which is dropped when this instance has ended by then.</summary>
    public void InThisInstance(double seconds, Action action)
    {
        var instance = Instance;
        _world.Agenda.In(seconds, () =>
        {
            if (IsUp && instance == Instance)
                action();
        });
    }

    /// <summary>Accepts a connection; null when the box is down.</summary>
    public Served? Accept(Connection connection)
    {
        if (!IsUp)
            return null;

        var session = new Session(this, connection, _world);
        _ = _sessions.Add(session);
        return new Served(session.Take, () =>
        {
            session.Close();
            _ = _sessions.Remove(session);
            if (IsUp)
                CountHeads();
        });
    }

    /// <summary>Counts the heads that need a report of each live job.</summary>
    public void CountHeads() => Do(Turn.Own, (core, _) => core.SetHeadsWithoutLease(_sessions.Count(session => session.NeedsReports)));

    private void End()
    {
        _core = null;
        _world.Account.NoteEnd(this);
        IsStopping = false;
        _armedFor = double.PositiveInfinity;
        _pools.Clear();
        foreach (var link in _links.Values)
            link.End();

        foreach (var session in _sessions)
            session.Close();

        _links.Clear();
        _sessions.Clear();
        foreach (var connection in _world.Links.Connections.Where(connection => connection.ServerName == Name).ToArray())
            connection.CloseAtServer();
    }

    private void SaveAgain()
    {
        Saved = Core.Snapshot();
        InThisInstance(Plan.Checkpoint, SaveAgain);
    }

    private void Linked()
    {
        foreach (var (name, link) in _links.Where(link => !Plan.Downstream.Contains(link.Key)).ToArray())
        {
            link.End();
            _ = _links.Remove(name);
            Do(Turn.Own, (core, now) => core.RemovePeer(link.Peer, now));
        }

        foreach (var name in Plan.Downstream.Where(name => !_links.ContainsKey(name)))
        {
            var peer = Do(Turn.Own, (core, now) => core.AddPeer(name, now));
            var seed = name.Aggregate(_seed + Instance, (sum, letter) => unchecked((sum * 31) + letter));
            var link = new Link(this, peer, _world, new Random(seed));
            _links.Add(name, link);
            link.Connect();
        }
    }

    private void ApplyEffects(Effects effects)
    {
        foreach (var pool in effects.PoolsToWake)
            _pools.Wake(pool);

        foreach (var run in effects.RunsToCancel)
            _pools.Stop(run);

        foreach (var peer in effects.PeersToWake)
            _links.GetValueOrDefault(peer.Name)?.Wake();

        foreach (var ending in effects.EndedJobs)
            Recorded(ending);

        if (effects.HaveJobsChanged || effects.HaveNodesChanged)
        {
            foreach (var session in _sessions)
                session.CheckSoon();
        }

        effects.Clear();
    }

    private void Arm(NodeCore core)
    {
        double? next;
        using (Meter.Measure())
        {
            next = core.NextDeadline();
        }

        if (next is { } deadline && deadline < _armedFor)
        {
            _armedFor = deadline;
            InThisInstance(Math.Max(deadline - _world.Agenda.Now, ShortestTimer), () =>
            {
                if (_armedFor == deadline)
                {
                    _armedFor = double.PositiveInfinity;
                    Do(Turn.Tick, (core, now) => core.Tick(now));
                }
            });
        }
    }
}
