using System.Text.Json;
using MeeseeksBox.Core.Queries;
using MeeseeksBox.Core.Replication;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>The server end of a connection, in place of <c>meeseeks-box/Requests</c>: replies in order, and holds a reply.</summary>
internal sealed class Session(Box box, Connection connection, World world)
{
    // Roughly, for the limit of a piece.
    private const long BytesPerJob = 300;

    private readonly Queue<PeerMessage> _messages = new();
    private (PeerMessage Message, HeldReply Reply)? _held;
    private double _armedFor;
    private bool _isClosed;

    /// <summary>True for a head that needs a report of each live job.</summary>
    public bool NeedsReports { get; private set; }

    /// <summary>Receives a line, which releases a held reply.</summary>
    public void Take(PeerMessage message)
    {
        if (_isClosed)
            return;

        NoteLease(message);
        _messages.Enqueue(message);
        _held?.Reply.Release();
        Next();
    }

    /// <summary>Checks a held reply soon, because there are changes.</summary>
    public void CheckSoon()
    {
        // Not at once, because the core is still in the call that made the change.
        if (_held is not null)
            Arm(world.Agenda.Now);
    }

    public void Close()
    {
        _isClosed = true;
        NeedsReports = false;
        _held = null;
        _messages.Clear();
    }

    private void NoteLease(PeerMessage message)
    {
        var needed = message.Jobs is null ? NeedsReports
            : box.Plan.IsOld || world.Boxes[connection.Client].Plan.IsOld ? true
            : !(message.AcceptsLease ?? !NeedsReports);
        if (needed != NeedsReports)
        {
            NeedsReports = needed;
            box.CountHeads();
        }
    }

    private void Next()
    {
        while (IsFree() && _messages.TryDequeue(out var message))
        {
            if (message.Jobs is { Count: > 0 } jobs)
                _ = box.Do(Turn.Merge, (core, now) => core.Merge(jobs, now), jobs);

            if (message.Wait is { } wait && !box.Plan.IsOld && _messages.Count is 0)
            {
                var until = world.Agenda.Now + wait;
                _held = (message, new HeldReply(Condition(message), until));
                _armedFor = double.PositiveInfinity;
            }
            else
            {
                Send(message);
            }
        }
    }

    // Sends the held reply when it is released; true when none is held any more.
    private bool IsFree()
    {
        if (_held is not var (message, reply))
            return true;

        using (box.Meter.Measure())
        {
            reply.Update(box.Core, box.Now);
        }

        if (!reply.IsReleased)
        {
            Arm(reply.Deadline);
            return false;
        }

        _held = null;
        Send(message);
        return true;
    }

    private void Arm(double deadline)
    {
        if (deadline < _armedFor)
        {
            _armedFor = deadline;
            var held = _held;
            box.InThisInstance(Math.Max(deadline - world.Agenda.Now, 0), () =>
            {
                if (_held is not null && _held == held && _armedFor == deadline)
                {
                    _armedFor = double.PositiveInfinity;
                    Next();
                }
            });
        }
    }

    private static ChangeCondition Condition(PeerMessage message) =>
        new(message.JobsAfter is { } seq ? [NewerJobs(seq)] : [], message.NodesAfter);

    private static JobQuery NewerJobs(long seq)
    {
        var filter = JobFilter.Read(JsonElement.Parse($"{{\"seq\":{seq}}}"), out _);
        return new JobQuery(filter!, IncludesUnassigned: false, IncludesRemoved: true);
    }

    private void Send(PeerMessage message)
    {
        var reply = Reply(message);
        if (box.Plan.IsOld || world.Boxes[connection.Client].Plan.IsOld)
            reply = AsOriginal(reply);

        world.Account.NoteLookup(message, reply);
        connection.Answer(world.Wire.Carry(reply, box.Meter, world.Boxes[connection.Client].Meter));
    }

    private PeerReply Reply(PeerMessage message)
    {
        var isLegacy = box.Plan.IsOld;
        var nodes = message.NodesAfter is { } nodesAfter
            ? box.Do(Turn.Own, (core, now) => core.NodesSince(isLegacy ? 0 : nodesAfter, message.Wait, now))
            : null;
        using var _ = box.Meter.Measure();
        var jobs = message.JobIds?.Select(box.Core.Find).OfType<Job>().ToArray()
            ?? (message.JobsAfter is { } seq
                ? box.Core.ChangesSince(seq, removed: message.Wait is not null || (message.Limit is not null && seq > 0))
                : null);
        var piece = message.Limit is { } limit && jobs?.Count > limit / BytesPerJob ? [.. jobs.Take(1 + (int)(limit / BytesPerJob))] : jobs;
        var hasMore = piece?.Count < jobs?.Count;
        var same = message.AcceptsSame && message.JobsAfter > 0 && piece is not null && world.Times.Piece < LinkTiming.LargePiece
            ? piece.Where(job => job.Ts.GetHashCode() % 3 is 0).ToDictionary(job => job.Id, SpecChecksum.Of)
            : [];
        return new PeerReply
        {
            Jobs = piece is null || same.Count is 0
                ? piece
                : [.. piece.Select(job => same.ContainsKey(job.Id) ? job with { Spec = JobSpec.Empty } : job)],
            Same = same,
            Seq = message.JobsAfter is null ? null : hasMore ? piece![^1].Seq : box.Core.Seq,
            HasMore = hasMore,
            HasGap = message.JobsAfter is > 0 and var after && box.Core.HasGapSince(after),
            Instance = message.Limit is null ? null : $"{box.Name}.{box.Instance}",
            Now = message.Limit is null ? null : box.Now.Wall,
            Nodes = nodes?.Statuses,
            NodesSeq = nodes?.Seq,
            NodesGone = message.NodesAfter is > 0 ? nodes?.Removed : null,
        };
    }

    // A legacy node sends no numbers of change and no version of its own. A legacy head takes no status as a lease.
    private PeerReply AsOriginal(PeerReply reply) => new()
    {
        Jobs = reply.Jobs,
        Nodes = reply.Nodes?.ToDictionary(
            node => node.Key,
            node => box.Plan.IsOld
                ? node.Key == box.Name ? node.Value with { Ver = null, Caps = null, Links = null } : node.Value
                : node.Value.WithoutLease()),
    };
}
