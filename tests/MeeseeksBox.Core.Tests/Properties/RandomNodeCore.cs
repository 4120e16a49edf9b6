using MeeseeksBox.Core.Replication;
using MeeseeksBox.Core.Runs;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Core.Tests.Properties;

/// <summary>A core that runs random operations of a shell, with a check after each.</summary>
internal sealed class RandomNodeCore
{
    private readonly List<(int Kind, IReadOnlyList<Job> Changed)> _steps = [];
    private readonly Clock _clock = new();
    private readonly NodeCore _core;
    private readonly List<Run> _taken = [];
    private readonly List<Run> _started = [];
    private readonly Peer[] _peers;
    private double _statusTs;
    private long _seq;
    private HashSet<string> _endedBefore = [];

    public RandomNodeCore(int seed)
    {
        var random = new Random(seed);
        _core = new NodeCore(RandomValues.Settings(random), random);
        _peers = [_core.AddPeer("peer0", _clock.Now), _core.AddPeer("peer1", _clock.Now)];
        var jobs = Enumerable.Range(0, random.Next(4)).Select(number => RandomValues.Copy(random) with { Id = RandomValues.Ids[number] });
        _core.Load([.. jobs], _clock.Now);
        _core.Resume(_clock.Now);
        Check(merged: true);
    }

    /// <summary>Runs one operation, chosen by its number and a seed.</summary>
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
        var random = new Random(seed);
        switch (kind)
        {
            case 0 or 1:
                _ = _core.Submit(RandomValues.Spec(random), _clock.Now);
                break;
            case 2:
                _ = random.Next(2) is 0
                    ? _core.Kill(random.GetItems(RandomValues.Ids, 1)[0], _clock.Now)
                    : _core.SetSuspended(random.GetItems(RandomValues.Ids, 1)[0], random.Next(2) is 0, _clock.Now).Job;
                break;
            case 3:
                Modify(RandomValues.Copy(random));
                break;
            case 4 or 5:
                MergeTwice([.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomValues.Copy(random))]);
                break;
            case 6 or 7:
                ClaimNext(random.GetItems(RandomValues.Pools, 1)[0]);
                break;
            case 8 or 9 when _taken.Count > 0:
                _core.Started(_taken[0], random.Next(2) is 0 ? null : 1, _clock.Now);
                _started.Add(_taken[0]);
                _taken.RemoveAt(0);
                break;
            case 10 when _started.Count > 0:
                _core.Report(_started[0], job => job with { Status = job.Status with { Pid = 5 } }, _clock.Now);
                break;
            case 11 or 12:
                EndOne(random);
                break;
            case 13:
                _clock.Pass(random.Next(4) * random.Next(40) * 0.5);
                break;
            case 14:
                _clock.Wall += random.Next(-100, 100);
                _core.SetHeadsWithoutLease(random.Next(2));
                break;
            case 15:
                _core.Apply(RandomValues.Settings(random), _clock.Now);
                break;
            case 16 or 17:
                MergeNodes(random);
                break;
            case 18:
                // A peer that reaches this node is refused, and its nodes are removed.
                var cycle = new Dictionary<string, NodeStatus> { [_core.Settings.Name] = new() };
                _ = _core.MergeNodesOf(_peers[1], cycle, null, null, _clock.Now);
                break;
            default:
                TickAtDeadline();
                break;
        }

        _steps.Add((kind, _core.ChangesSince(_seq)));
        Check(merged: kind is 4 or 5);
    }

    // Keeps the state of a running job: an end set by modify would add a second end to the history.
    private void Modify(Job job)
    {
        var running = _core.Runs.Any(run => run.Job.Id == job.Id) ? _core.Find(job.Id) : null;
        _ = _core.Modify(running is null ? job : job with
        {
            Status = job.Status with { State = running.Status.State, Active = running.Status.Active },
        }, _clock.Now);
    }

    private void ClaimNext(string pool)
    {
        var run = _core.ClaimNext(pool, _clock.Now);
        if (run is null)
            return;

        _taken.Add(run);
        var settings = _core.Settings.Pool(pool)!;
        Require(settings is { Hold: false, Slots: >= 0 }, "a pool that holds or drains starts nothing");
        var runs = _core.Runs.Count(other => other.Job.Spec.Pool == pool);
        Require(settings.Slots is 0 || runs <= settings.Slots, "no pool has more runs than slots");
    }

    private void EndOne(Random random)
    {
        var runs = random.Next(3) is 0 ? _taken : _started;
        if (runs.Count > 0)
        {
            _core.Ended(runs[0], new RunResult(random.Next(2) is 0, random.Next(2)), _clock.Now);
            runs.RemoveAt(0);
        }
    }

    private void MergeTwice(Job[] copies)
    {
        // Each copy alone must be idempotent. Copies of one job in one message may contradict each other.
        foreach (var copy in copies)
        {
            _ = _core.Merge([copy], _clock.Now);
            var (after, seq) = (_core.Find(copy.Id), _core.Seq);
            _ = after is null ? [] : _core.Merge([copy], _clock.Now);
            Require(after is null || seq == _core.Seq, $"a merge of {copy} has no effect the second time");
        }
    }

    private void MergeNodes(Random random)
    {
        var names = RandomValues.Nodes.OfType<string>().Where(name => name != _core.Settings.Name && random.Next(2) is 0);
        var statuses = names.ToDictionary(name => name, _ => new NodeStatus
        {
            Ts = _statusTs + random.Next(-1, 2),
            Online = random.Next(5) is not 0,
            Ver = random.Next(2) is 0 ? null : "1",
            Caps = random.Next(2) is 0 ? null : [NodeStatus.LeaseCapability],
            Loadavg = random.Next(3),
            Pools = RandomValues.Pools[..3].Where(_ => random.Next(2) is 0)
                .ToDictionary(pool => pool, _ => SlotCount.Of(random.Next(-1, 3))),
        });
        _statusTs++;
        _ = _core.MergeNodesOf(_peers[random.Next(2)], statuses, [], null, _clock.Now);
    }

    // The contract with the shell: no tick is needed before the deadline, and a tick at the deadline has work to do.
    private void TickAtDeadline()
    {
        if (_core.NextDeadline() is { } deadline)
            _clock.PassUntil(Math.Max(deadline, _clock.Steady));

        _core.Tick(_clock.Now);
        Require(_core.NextDeadline() is not { } next || next > _clock.Steady, "after a tick the next deadline lies ahead");
        var (seq, count) = (_core.Seq, _core.Count);
        _core.Tick(_clock.Now);
        Require((seq, count) == (_core.Seq, _core.Count), "a second tick at the same time does nothing");
        if (_core.NextDeadline() is { } later && later - _clock.Steady > 1e-6)
        {
            _clock.PassUntil(_clock.Steady + ((later - _clock.Steady) * 0.99));
            _core.Tick(_clock.Now);
            Require((seq, count) == (_core.Seq, _core.Count), "nothing is due before the next deadline");
        }
    }

    private void Check(bool merged)
    {
        FullScan.Verify(_core);
        Require(_core.Seq >= _seq, "seq only grows");
        _seq = _core.Seq;

        Require(
            _core.Snapshot().All(job => job.Spec.Suspended is not true || job.Phase is JobPhase.Running or JobPhase.PresumedLost),
            "only a job that may run is suspended");
        Require(
            _core.Runs.Where(run => _core.FindRun(run.Job.Id) == run && _core.Find(run.Job.Id)!.IsLive)
                .All(run => run.IsSuspended == (_core.Find(run.Job.Id)!.Spec.Suspended is true)),
            "a run follows the suspension of its job");
        var endings = _core.Effects.EndedJobs;
        Require(endings.All(job => !job.IsLive), "the history has only jobs that ended");
        Require(merged || !endings.Any(job => _endedBefore.Contains(job.Id)), "an end is not reported again");
        Require(merged || endings.DistinctBy(job => job.Id).Count() == endings.Count, "an end is reported once");
        _endedBefore = [.. _core.Snapshot().Where(job => job.HasEnded).Select(job => job.Id)];
        _core.Effects.Clear();
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new InvalidOperationException(rule);
    }
}
