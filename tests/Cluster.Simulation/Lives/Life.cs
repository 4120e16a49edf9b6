using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Boxes;
using MeeseeksBox.Simulation.Checks;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Lives;

/// <summary>One simulated run of a cluster from a seed: clients and faults, then healing, then the checks of all invariants.</summary>
internal sealed class Life
{
    // The seconds after the healing in which the boxes detect every fault: a hanging link, a backoff.
    private const double Mending = 60;
    private const double IdleSpan = 60;

    private readonly World _world;
    private readonly IReadOnlyList<BoxPlan> _plans;
    private readonly Clients _clients;
    private readonly Faults _faults;
    private readonly Invariants _invariants;

    /// <param name="seed">The seed of all events.</param>
    /// <param name="isLogged">True to keep a journal.</param>
    public Life(int seed, bool isLogged)
    {
        var random = new Random(seed);
        _plans = Shape.Draw(random);
        var times = random.Next(2) is 0 ? new LinkTiming(1, 10, 10) : new LinkTiming(0.5, 2, 3, Piece: 1000);
        var isWritten = random.Next(8) is 0;
        _world = new World(random.Next(), times, new Wire(isWritten), new Journal(isLogged))
        {
            IsDurable = seed % 3 is 0,
        };
        _world.Links.UsualDelay = random.Next(3) switch { 0 => (0.0001, 0.001), 1 => (0.0001, 0.02), _ => (0.01, 0.3) };
        var skew = random.Next(3) switch { 0 => 0, 1 => 2.0, _ => 3600 };
        foreach (var plan in _plans)
        {
            var box = _world.Add(plan, _world.Between(-skew, skew));
            _world.Log($"{plan.Name} → {string.Join(' ', plan.Downstream)} {(plan.IsOld ? "legacy " : "")}"
                + $"{string.Join(' ', plan.Settings.Pools)} skew {box.Skew:0.0} {plan.Settings} {times}");
        }

        _clients = new Clients(_world);
        _faults = new Faults(_world, _plans);
        _invariants = new Invariants(_world);
        Duration = random.Next(3) is 0 ? 20 : 120;
        Faultiness = random.Next(5) is 0 ? 0 : _world.Between(0.02, 0.3);
    }

    public World World => _world;

    /// <summary>The seconds in which clients and faults act.</summary>
    public double Duration { get; }

    /// <summary>The number of faults per second.</summary>
    public double Faultiness { get; }

    /// <summary>Runs the simulation to its end.</summary>
    /// <returns>The violations; empty when all checks passed.</returns>
    public IReadOnlyList<string> Run()
    {
        foreach (var box in _world.Boxes.Values)
            _world.Agenda.In(_world.Between(0, 3), box.Start);

        Repeat(0.5, _clients.Act);
        if (Faultiness > 0)
            Repeat(Faultiness, _faults.Strike);

        _world.Agenda.Pass(Duration);
        _faults.HealAll();
        _world.Agenda.Pass(Mending);
        _invariants.CheckKills();
        _invariants.CheckSuspensions();
        _invariants.CheckSpecChanges();
        _clients.LetAllEnd();
        for (var seconds = 0; seconds < 1500 && !_invariants.AllHaveEnded; seconds += 10)
        {
            _world.Agenda.Pass(10);
            if (seconds % 300 is 290)
                _clients.LetAllEnd();
        }

        _world.Agenda.Pass(_world.Times.Poll + 2);
        _invariants.CheckEnds();
        _invariants.CheckAgreement();
        _invariants.CheckNodes();
        CheckTraffic();
        CheckAnswers();
        CheckIdle();
        if (_plans[0].Settings.Expire < 1000)
        {
            _world.Agenda.Pass(3 * _plans[0].Settings.Expire);
            _invariants.CheckLeft();
        }

        return _world.Account.Violations;
    }

    private void Repeat(double perSecond, Action action) => _world.Agenda.In(_world.Between(0, 2 / perSecond), () =>
    {
        if (_world.Agenda.Now < Duration)
        {
            action();
            Repeat(perSecond, action);
        }
    });

    // Each change crosses each link at most once in each direction: the next poll returns the changes that came from upstream.
    // Each new connection may send all jobs of both sides again.
    private void CheckTraffic()
    {
        var most = (2 * _world.Account.Changes * _plans.Sum(plan => plan.Downstream.Count)) + _world.Account.Resent;
        if (_world.Wire.Jobs > most)
        {
            _world.Account.Report(
                $"too much traffic: {_world.Wire.Jobs} copies of jobs for {_world.Account.Changes} changes, limit {most}");
        }
    }

    // Two boxes that answer each other forever do not exceed the limit of traffic, because every answer is a change.
    private void CheckAnswers()
    {
        foreach (var story in _world.Account.Stories.Where(story => story.Answers > story.Changes + 5))
        {
            _world.Account.Report(
                $"ping-pong: {story.Id} has {story.Changes} changes, and one box answered copies of it {story.Answers} times");
        }
    }

    // An idle tree sends only long polls, and polls of legacy peers.
    private void CheckIdle()
    {
        var (lines, jobs) = (_world.Wire.Lines, _world.Wire.Jobs);
        _world.Agenda.Pass(IdleSpan);
        var links = _plans.Sum(plan => plan.Downstream.Count);
        var every = _plans.Any(plan => plan.IsOld) ? _world.Times.Refresh : _world.Times.Poll;
        var most = 2 * links * ((IdleSpan / every) + 2);
        if (_world.Wire.Jobs > jobs || _world.Wire.Lines - lines > most)
        {
            _world.Account.Report(
                $"traffic in an idle cluster: {_world.Wire.Lines - lines} lines with {_world.Wire.Jobs - jobs} jobs "
                + $"over {links} links in {IdleSpan} s");
        }
    }
}
