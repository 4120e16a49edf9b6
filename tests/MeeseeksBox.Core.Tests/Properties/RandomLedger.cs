using MeeseeksBox.Core.Peers;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>A ledger to which anything is done that a shell could do; after each step it must hold together.</summary>
internal sealed class RandomLedger
{
    private readonly List<(int Kind, IReadOnlyList<Job> Changed)> _steps = [];
    private readonly Clock _clock = new();
    private readonly Ledger _ledger;
    private readonly List<Run> _taken = [];
    private readonly List<Run> _started = [];
    private readonly Peer[] _peers;
    private double _statusTs;
    private long _seq;
    private HashSet<string> _endedBefore = [];

    public RandomLedger(int seed)
    {
        var dice = new Random(seed);
        _ledger = new Ledger(RandomValues.Settings(dice), dice);
        _peers = [_ledger.AddPeer("peer0", _clock.Now), _ledger.AddPeer("peer1", _clock.Now)];
        _ledger.Load([.. Enumerable.Range(0, dice.Next(4)).Select(number => RandomValues.Copy(dice) with { Id = RandomValues.Ids[number] })], _clock.Now);
        _ledger.Resume(_clock.Now);
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
                _ = _ledger.Submit(RandomValues.Spec(dice), _clock.Now);
                break;
            case 2:
                _ = _ledger.Kill(dice.GetItems(RandomValues.Ids, 1)[0], _clock.Now);
                break;
            case 3:
                Modify(RandomValues.Copy(dice));
                break;
            case 4 or 5:
                MergeTwice([.. Enumerable.Range(0, dice.Next(3)).Select(_ => RandomValues.Copy(dice))]);
                break;
            case 6 or 7:
                TakeNext(dice.GetItems(RandomValues.Pools, 1)[0]);
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
                _ledger.Apply(RandomValues.Settings(dice), _clock.Now);
                break;
            case 16 or 17:
                MergeNodes(dice);
                break;
            case 18:
                _ledger.ForgetNodesOf(_peers[1], _clock.Now);
                break;
            default:
                TickAtDeadline();
                break;
        }

        _steps.Add((kind, _ledger.Newer(_seq)));
        Check(merged: kind is 4 or 5);
    }

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
        var statuses = RandomValues.Nodes.OfType<string>().Where(name => name != _ledger.Settings.Name && dice.Next(2) is 0).ToDictionary(name => name, _ => new NodeStatus
        {
            Ts = _statusTs + dice.Next(-1, 2),
            Online = dice.Next(5) is not 0,
            Ver = dice.Next(2) is 0 ? null : "1",
            Loadavg = dice.Next(3),
            Pools = RandomValues.Pools[..3].Where(_ => dice.Next(2) is 0).ToDictionary(pool => pool, _ => SlotCount.Of(dice.Next(-1, 3))),
        });
        _statusTs++;
        _ = _ledger.TakeNodes(_peers[dice.Next(2)], statuses, [], null, _clock.Now);
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
        var (seq, count) = (_ledger.Seq, _ledger.Count);
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
