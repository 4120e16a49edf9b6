using MeeseeksBox.Core;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>A node: a ledger, and around it in the place of the shell what the shell does, in make-believe time.</summary>
internal sealed class Box
{
    // What the shell's timer can do.
    private const double ShortestTimer = 0.001;
    private const double WallAtStart = 1_800_000_000;

    private readonly World _world;
    private readonly int _seed;
    private readonly Dictionary<string, Link> _links = new(StringComparer.Ordinal);
    private readonly HashSet<Session> _sessions = [];
    private readonly Pools _pools;
    private NodeCore? _core;
    private double _armedFor = double.PositiveInfinity;

    /// <param name="plan">Its configuration.</param>
    /// <param name="world">Where it is.</param>
    /// <param name="skew">How far its wall clock is off, in seconds.</param>
    /// <param name="seed">Where its own chance comes from.</param>
    public Box(BoxPlan plan, World world, double skew, int seed)
    {
        (Plan, _world, Skew, _seed) = (plan, world, skew, seed);
        _pools = new Pools(this, world);
    }

    public string Name => Plan.Name;

    /// <summary>Its configuration; see <see cref="Configure"/>.</summary>
    public BoxPlan Plan { get; private set; }

    /// <summary>Hears of each line of its history.</summary>
    public Action<Job> Recorded { get; set; } = _ => { };

    /// <summary>How far its wall clock is off, in seconds; may be set at any time.</summary>
    public double Skew { get; set; }

    /// <summary>Which of its lives this is, from 1.</summary>
    public int Life { get; private set; }

    public bool IsUp => _core is not null;

    /// <summary>True while it stops in an orderly way.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The state file.</summary>
    public IReadOnlyList<Job> Saved { get; private set; } = [];

    /// <summary>What it knows; only while it is up.</summary>
    public NodeCore Core => _core ?? throw new InvalidOperationException($"{Name} is down.");

    public Instant Now => new(WallAtStart + _world.Agenda.Now + Skew, _world.Agenda.Now);

    /// <summary>All copies of jobs that there are here: of the ledger, or of the state file while it is down.</summary>
    public IEnumerable<Job> Jobs => _core?.Snapshot() ?? Saved;

    /// <summary>Begins a life.</summary>
    public void Start()
    {
        Life++;
        _core = new NodeCore(Plan.Settings, new Random(_seed + (Life * 1000)));
        _world.Tell($"{Name} starts, life {Life}, with {Saved.Count} jobs");
        Do(Turn.Load, (core, now) => core.Load(Saved, now));
        Do(Turn.Own, (core, now) => core.Resume(now));
        InThisLife(Plan.Checkpoint, SaveAgain);
        Linked();
    }

    /// <summary>Ends it without warning.</summary>
    /// <param name="losesState">True to lose the state file too.</param>
    public void Crash(bool losesState)
    {
        Saved = losesState ? [] : _world.IsDurable ? Core.Snapshot() : Saved;
        _world.Tell($"{Name} crashes {(losesState ? "and loses its state" : $"with {Saved.Count} jobs saved")}");
        var jobs = Core.Snapshot();
        End();
        _world.Account.NoteCrash(this, jobs);
    }

    /// <summary>Ends it in order (docs/SPECIFICATION.md#orderly-stop), a little later.</summary>
    public void Stop()
    {
        _world.Tell($"{Name} stops");
        IsStopping = true;
        Do(Turn.Own, (core, _) => core.Close());
        InThisLife(0.5, WhenRunsEnded);

        void WhenRunsEnded()
        {
            if (Core.Runs.Count > 0)
            {
                InThisLife(0.1, WhenRunsEnded);
                return;
            }

            InThisLife(_world.Between(0.1, 2), () =>
            {
                Saved = Core.Snapshot();
                _world.Tell($"{Name} has stopped with {Saved.Count} jobs saved");
                End();
            });
        }
    }

    /// <summary>Goes by another configuration from now on.</summary>
    public void Configure(BoxPlan plan)
    {
        Plan = plan;
        if (IsUp)
        {
            Linked();
            Do(Turn.Own, (core, now) => core.Apply(plan.Settings, now));
        }
    }

    /// <summary>Enters the ledger, and has everybody told who must know.</summary>
    /// <param name="turn">What for.</param>
    /// <param name="work">What to do there.</param>
    /// <param name="came">The copies that are taken in.</param>
    public T Do<T>(Turn turn, Func<NodeCore, Instant, T> work, IReadOnlyList<Job>? came = null)
    {
        var core = Core;
        var seq = core.Seq;
        var result = work(core, Now);
        _world.Account.NoteTurn(this, turn, seq, came ?? []);
        TellNews(core.Effects);
        Arm(core);
        return result;
    }

    public void Do(Turn turn, Action<NodeCore, Instant> work) => Do(turn, (core, now) =>
    {
        work(core, now);
        return true;
    });

    /// <summary>Has something happen later, unless this life is over then.</summary>
    public void InThisLife(double seconds, Action what)
    {
        var life = Life;
        _world.Agenda.In(seconds, () =>
        {
            if (IsUp && life == Life)
            {
                what();
            }
        });
    }

    /// <summary>Takes a connection; null when it is down.</summary>
    public Served? Accept(Connection connection)
    {
        if (!IsUp)
        {
            return null;
        }

        var session = new Session(this, connection, _world);
        _ = _sessions.Add(session);
        return new Served(session.Take, () =>
        {
            session.Close();
            _ = _sessions.Remove(session);
        });
    }

    private void End()
    {
        _core = null;
        _world.Account.NoteEnd(this);
        IsStopping = false;
        _armedFor = double.PositiveInfinity;
        _pools.Clear();
        foreach (var link in _links.Values)
        {
            link.End();
        }

        foreach (var session in _sessions)
        {
            session.Close();
        }

        _links.Clear();
        _sessions.Clear();
        foreach (var connection in _world.Links.Connections.Where(connection => connection.ServerName == Name).ToArray())
        {
            connection.CloseAtServer();
        }
    }

    private void SaveAgain()
    {
        Saved = Core.Snapshot();
        InThisLife(Plan.Checkpoint, SaveAgain);
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
            var link = new Link(this, Do(Turn.Own, (core, now) => core.AddPeer(name, now)), _world, new Random(_seed + Life + name.Length));
            _links.Add(name, link);
            link.Connect();
        }
    }

    private void TellNews(Effects effects)
    {
        foreach (var pool in effects.PoolsToWake)
        {
            _pools.Wake(pool);
        }

        foreach (var run in effects.RunsToCancel)
        {
            _pools.Stop(run);
        }

        foreach (var peer in effects.PeersToWake)
        {
            _links.GetValueOrDefault(peer.Name)?.Wake();
        }

        foreach (var ending in effects.EndedJobs)
        {
            Recorded(ending);
        }

        if (effects.HaveJobsChanged || effects.HaveNodesChanged)
        {
            foreach (var session in _sessions)
            {
                session.LookSoon();
            }
        }

        effects.Clear();
    }

    private void Arm(NodeCore core)
    {
        if (core.NextDeadline() is { } deadline && deadline < _armedFor)
        {
            _armedFor = deadline;
            InThisLife(Math.Max(deadline - _world.Agenda.Now, ShortestTimer), () =>
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
