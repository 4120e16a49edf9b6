using MeeseeksBox.Core.Runs;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>A ledger to which anything is done that a shell could do; after each step it must hold together.</summary>
internal sealed class RandomLedger
{
    private static readonly string[] Ids = ["a", "b", "c", "d", "e"];
    private static readonly string?[] Nodes = ["n1", "n2", "n3", "n4", null];
    private static readonly string[] Pools = ["p1", "p2", "p3", "__config"];

    private readonly List<(int Kind, IReadOnlyList<Job> Changed)> _steps = [];
    private readonly Clock _clock = new();
    private readonly Ledger _ledger;
    private readonly List<Run> _taken = [];
    private readonly List<Run> _started = [];
    private double _statusTs;
    private long _seq;
    private HashSet<string> _endedBefore = [];

    public RandomLedger(int seed)
    {
        var dice = new Random(seed);
        _ledger = new Ledger(Settings(dice), dice);
        _ledger.Load(Enumerable.Range(0, dice.Next(4)).Select(number => Copy(dice) with { Id = Ids[number] }), _clock.Now);
        Check(merged: true);
    }

    /// <summary>Does one thing, chosen by its number and a seed.</summary>
    public void Step(int kind, int seed)
    {
        try
        {
            Do(kind, seed);
        }
        catch (Exception fault)
        {
            var steps = _steps.Select(step => $"{step.Kind}: {string.Join("\n    ", step.Changed)}");
            throw new InvalidOperationException($"{fault.Message} after\n{string.Join('\n', steps)}", fault);
        }
    }

    private void Do(int kind, int seed)
    {
        var dice = new Random(seed);
        switch (kind)
        {
            case 0 or 1:
                _ = _ledger.Submit(Spec(dice), _clock.Now);
                break;
            case 2:
                _ = _ledger.Kill(dice.GetItems(Ids, 1)[0], _clock.Now);
                break;
            case 3:
                Modify(Copy(dice));
                break;
            case 4 or 5:
                MergeTwice([.. Enumerable.Range(0, dice.Next(3)).Select(_ => Copy(dice))]);
                break;
            case 6 or 7:
                TakeNext(dice.GetItems(Pools, 1)[0]);
                break;
            case 8 or 9 when _taken.Count > 0:
                _ledger.Started(_taken[0], dice.Next(2) is 0 ? null : 1, _clock.Now);
                _started.Add(_taken[0]);
                _taken.RemoveAt(0);
                break;
            case 10 when _started.Count > 0:
                _ledger.Report(_started[0], job => job with { Pid = 5 }, _clock.Now);
                break;
            case 11 or 12:
                EndOne(dice);
                break;
            case 13:
                _clock.Pass(dice.Next(4) * dice.Next(40) * 0.5);
                break;
            case 14:
                _clock.Wall += dice.Next(-100, 100);
                break;
            case 15:
                _ledger.Apply(Settings(dice), _clock.Now);
                break;
            case 16 or 17:
                MergeNodes(dice);
                break;
            case 18:
                _ledger.ForgetPeer("peer1");
                break;
            default:
                TickAtDeadline();
                break;
        }

        _steps.Add((kind, _ledger.Newer(_seq)));
        Check(merged: kind is 4 or 5);
    }

    private static JobSpec Spec(Random dice)
    {
        var node = dice.Next(6) switch { 0 => ",'node':'n1'", 1 => ",'node':['n2','n3']", 2 => ",'node':'n*'", 3 => ",'node':'n4'", _ => "" };
        var state = dice.Next(6) switch { 0 => ",'state':'new'", 1 => ",'state':'killed'", 2 => ",'state':'done'", _ => "" };
        var args = dice.Next(8) is 0 ? "{'k':1}" : "['x']";
        return Some.Spec($"{{'id':'{dice.GetItems(Ids, 1)[0]}','pool':'{dice.GetItems(Pools, 1)[0]}','args':{args},'hold':{dice.Next(2)},"
            + $"'retries':{dice.Next(3)},'restart':{dice.Next(2)},'resubmit':{dice.Next(2)},'runtime':{dice.Next(30)}{node}{state}}}");
    }

    private static Job Copy(Random dice) => new()
    {
        Id = dice.GetItems(Ids, 1)[0],
        Pool = dice.GetItems(Pools, 1)[0],
        Args = ["x"],
        Node = dice.GetItems(Nodes, 1)[0],
        SubmitNode = dice.GetItems(Nodes, 1)[0],
        Nodes = dice.Next(4) is 0 ? ["n3", "n1"] : null,
        State = (JobState)dice.Next(5),
        Active = dice.Next(2) is 0,
        Epoch = dice.Next(3),
        Ts = 1_800_000_000 + dice.Next(-50, 200),
        SubmitTs = dice.Next(5),
        StartCount = dice.Next(3),
        FailCount = dice.Next(3),
        StartTs = dice.Next(2) is 0 ? 1 : null,
        EndTs = dice.Next(2) is 0 ? 1 : null,
        Error = dice.Next(3) is 0 ? "expired" : null,
        Hold = dice.Next(3) is 0 ? true : null,
        Retries = dice.Next(3),
        Restart = dice.Next(4) is 0,
        Resubmit = dice.Next(4) is 0 ? true : null,
        Runtime = dice.Next(3) * 10,
        Tags = dice.Next(2) is 0 ? [] : ["t"],
    };

    private static NodeSettings Settings(Random dice) => new()
    {
        Name = "n1",
        Expire = dice.Next(3) * 20,
        ExpireActiveJobs = dice.Next(4) is not 0,
        Timeout = dice.Next(3) * 20,
        UseLoadavg = dice.Next(3) is 0,
        WaitInPool = dice.Next(2) is 0,
        Pools = Pools[..2].Where(_ => dice.Next(4) is not 0).ToDictionary(pool => pool, _ => new PoolSettings
        {
            Slots = dice.Next(-1, 3),
            Hold = dice.Next(4) is 0,
            MaxRuntime = dice.Next(2) is 0 ? null : dice.Next(50),
            Update = dice.Next(3) * 10,
            RestartDelay = dice.Next(3),
        }),
    };

    // Somebody who writes an end into a job that runs gets a second one when the run ends, and has asked for it.
    private void Modify(Job job)
    {
        var running = _ledger.Runs.Any(run => run.Job.Id == job.Id) ? _ledger.Find(job.Id) : null;
        _ = _ledger.Modify(running is null ? job : job with { State = running.State, Active = running.Active }, _clock.Now);
    }

    private void TakeNext(string pool)
    {
        var run = _ledger.TakeNext(pool, _clock.Now);
        if (run is null)
        {
            return;
        }

        _taken.Add(run);
        var settings = _ledger.Settings.Pool(pool)!;
        Demand(settings is { Hold: false, Slots: >= 0 }, "a pool that holds or drains starts nothing");
        Demand(settings.Slots is 0 || _ledger.Runs.Count(other => other.Job.Pool == pool) <= settings.Slots, "no pool has more runs than slots");
        Demand(_ledger.Runs.Count(other => other.Job.Id == run.Job.Id) is 1 || _ledger.Find(run.Job.Id) is not null, "a job runs once at a time");
    }

    private void EndOne(Random dice)
    {
        var runs = dice.Next(3) is 0 ? _taken : _started;
        if (runs.Count > 0)
        {
            _ledger.Ended(runs[0], new RunEnd(dice.Next(2) is 0, dice.Next(2)), _clock.Now);
            runs.RemoveAt(0);
        }
    }

    private void MergeTwice(Job[] copies)
    {
        // Copies of one job in one message may go against each other; each for itself must have no effect the second time.
        foreach (var copy in copies)
        {
            _ = _ledger.Merge([copy], _clock.Now);
            var (after, seq) = (_ledger.Find(copy.Id), _ledger.Seq);
            _ = after is null ? [] : _ledger.Merge([copy], _clock.Now);
            Demand(after is null || seq == _ledger.Seq, $"a merge of {copy} has no effect the second time");
        }
    }

    private void MergeNodes(Random dice)
    {
        var statuses = Nodes.OfType<string>().Where(_ => dice.Next(2) is 0).ToDictionary(name => name, _ => new NodeStatus
        {
            Ts = _statusTs + dice.Next(-1, 2),
            Online = dice.Next(5) is not 0,
            Loadavg = dice.Next(3),
            Pools = Pools[..3].Where(_ => dice.Next(2) is 0).ToDictionary(pool => pool, _ => SlotCount.Of(dice.Next(-1, 3))),
        });
        _statusTs++;
        _ledger.MergeNodes($"peer{dice.Next(2)}", statuses, _clock.Now);
    }

    // What is promised to the shell: waiting for the deadline is enough, and there is something to do then.
    private void TickAtDeadline()
    {
        if (_ledger.NextDeadline() is { } deadline)
        {
            _clock.PassUntil(Math.Max(deadline, _clock.Steady));
        }

        _ledger.Tick(_clock.Now);
        Demand(_ledger.NextDeadline() is not { } next || next > _clock.Steady, "after a tick the next deadline lies ahead");
        var seq = _ledger.Seq;
        var count = _ledger.Count;
        _ledger.Tick(_clock.Now);
        Demand((seq, count) == (_ledger.Seq, _ledger.Count), "a second tick at the same time does nothing");
        if (_ledger.NextDeadline() is { } later && later - _clock.Steady > 1e-6)
        {
            _clock.PassUntil(_clock.Steady + ((later - _clock.Steady) * 0.99));
            _ledger.Tick(_clock.Now);
            Demand((seq, count) == (_ledger.Seq, _ledger.Count), "nothing is due before the next deadline");
        }
    }

    private void Check(bool merged)
    {
        FullScan.Verify(_ledger);
        Demand(_ledger.Seq >= _seq, "seq only grows");
        _seq = _ledger.Seq;

        var endings = _ledger.News.Endings;
        Demand(endings.All(job => !job.IsLive), "the history has only jobs that ended");
        Demand(merged || !endings.Any(job => _endedBefore.Contains(job.Id)), "an end that was told is not told again");
        Demand(merged || endings.DistinctBy(job => job.Id).Count() == endings.Count, "an end is told once");
        _endedBefore = [.. _ledger.Snapshot().Where(job => job.HasEnded).Select(job => job.Id)];
        _ledger.News.Clear();
    }

    private static void Demand(bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
