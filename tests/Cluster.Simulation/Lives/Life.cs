using MeeseeksBox.Core.Replication;
using MeeseeksBox.Simulation.Boxes;
using MeeseeksBox.Simulation.Checks;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Lives;

/// <summary>One run of a cluster from a seed: people work, things go wrong, all is healed, and then everything must be right.</summary>
internal sealed class Life
{
    // How long after all is healed the worst has been found out: a link that hangs, a pause before the next try.
    private const double Mending = 60;
    private const double IdleSpan = 60;

    private readonly World _world;
    private readonly IReadOnlyList<BoxPlan> _plans;
    private readonly Clients _clients;
    private readonly Faults _faults;
    private readonly Invariants _invariants;

    /// <param name="seed">All that happens comes from it.</param>
    /// <param name="isLogged">True to keep a journal.</param>
    public Life(int seed, bool isLogged)
    {
        var random = new Random(seed);
        _plans = Shape.Draw(random);
        var times = random.Next(2) is 0 ? new LinkTiming(1, 10, 10) : new LinkTiming(0.5, 2, 3);
        var isWritten = random.Next(8) is 0;
        _world = new World(random.Next(), times, new Wire(isWritten, isWritten), new Journal(isLogged))
        {
            IsDurable = seed % 3 is 0,
        };
        _world.Links.UsualDelay = random.Next(3) switch { 0 => (0.0001, 0.001), 1 => (0.0001, 0.02), _ => (0.01, 0.3) };
        var skew = random.Next(3) switch { 0 => 0, 1 => 2.0, _ => 3600 };
        foreach (var plan in _plans)
        {
            var box = _world.Add(plan, _world.Between(-skew, skew));
            _world.Tell($"{plan.Name} → {string.Join(' ', plan.Downstream)} {(plan.IsOld ? "old " : "")}{string.Join(' ', plan.Settings.Pools)} skew {box.Skew:0.0} {plan.Settings} {times}");
        }

        _clients = new Clients(_world);
        _faults = new Faults(_world, _plans);
        _invariants = new Invariants(_world);
        Duration = random.Next(3) is 0 ? 20 : 120;
        Faultiness = random.Next(5) is 0 ? 0 : _world.Between(0.02, 0.3);
    }

    public World World => _world;

    /// <summary>How long people work, in seconds.</summary>
    public double Duration { get; }

    /// <summary>Faults a second.</summary>
    public double Faultiness { get; }

    /// <summary>Lives it to its end.</summary>
    /// <returns>What went wrong; nothing when all was right.</returns>
    public IReadOnlyList<string> Run()
    {
        foreach (var box in _world.Boxes.Values)
        {
            _world.Agenda.In(_world.Between(0, 3), box.Start);
        }

        Repeat(0.5, _clients.Act);
        if (Faultiness > 0)
        {
            Repeat(Faultiness, _faults.Strike);
        }

        _world.Agenda.Pass(Duration);
        _faults.HealAll();
        _world.Agenda.Pass(Mending);
        _invariants.CheckKills();
        _clients.LetAllEnd();
        for (var seconds = 0; seconds < 1500 && !_invariants.AllHaveEnded; seconds += 10)
        {
            _world.Agenda.Pass(10);
            if (seconds % 300 is 290)
            {
                _clients.LetAllEnd();
            }
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

    private void Repeat(double perSecond, Action what) => _world.Agenda.In(_world.Between(0, 2 / perSecond), () =>
    {
        if (_world.Agenda.Now < Duration)
        {
            what();
            Repeat(perSecond, what);
        }
    });

    // Each change travels along each link once at most in each direction, since what was told from above is among the news there when they are
    // asked for next; and each new connection may bring up all that both sides know.
    private void CheckTraffic()
    {
        var most = (2 * _world.Account.Changes * _plans.Sum(plan => plan.Downstream.Count)) + _world.Account.Resent;
        if (_world.Wire.Jobs > most)
        {
            _world.Account.Blame($"{_world.Wire.Jobs} copies of jobs were sent for {_world.Account.Changes} changes; {most} would be many");
        }
    }

    // Two boxes that answer each other for ever are not seen in the traffic, where every answer is a change.
    private void CheckAnswers()
    {
        foreach (var story in _world.Account.Stories.Where(story => story.Answers > story.Changes + 5))
        {
            _world.Account.Blame($"{story.Id} was changed {story.Changes} times, and one box has answered copies of it {story.Answers} times");
        }
    }

    // An idle tree sends nothing but requests that are held, and asks old peers.
    private void CheckIdle()
    {
        var (lines, jobs) = (_world.Wire.Lines, _world.Wire.Jobs);
        _world.Agenda.Pass(IdleSpan);
        var links = _plans.Sum(plan => plan.Downstream.Count);
        var every = _plans.Any(plan => plan.IsOld) ? _world.Times.Refresh : _world.Times.Poll;
        var most = 2 * links * ((IdleSpan / every) + 2);
        if (_world.Wire.Jobs > jobs || _world.Wire.Lines - lines > most)
        {
            _world.Account.Blame($"the cluster does not rest: {_world.Wire.Lines - lines} lines with {_world.Wire.Jobs - jobs} jobs over {links} links in {IdleSpan} s");
        }
    }
}
