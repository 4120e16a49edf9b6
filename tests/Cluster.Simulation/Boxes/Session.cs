using MeeseeksBox.Simulation.Network;

namespace MeeseeksBox.Simulation.Boxes;

/// <summary>What <c>meeseeks-box/Requests</c> does for one connection: answers in order, and holds back an answer that waits for news.</summary>
internal sealed class Session(Box box, Connection connection, World world)
{
    private const double Pace = 0.002;

    // What was stated a little before somebody asks again is old then.
    private const double ShareOfWait = 0.9;

    private readonly Queue<Request> _requests = new();
    private Request? _held;
    private bool _isLooking;
    private int _turn;

    /// <summary>Takes a further line.</summary>
    public void Take(Request request)
    {
        if (_turn < 0)
        {
            return;
        }

        _requests.Enqueue(request);
        if (_held is not null)
        {
            Release();
        }
        else
        {
            Next();
        }
    }

    /// <summary>Something has changed.</summary>
    public void LookSoon()
    {
        if (_held is not null && !_isLooking)
        {
            _isLooking = true;
            var turn = _turn;
            box.InThisLife(Pace, () =>
            {
                _isLooking = false;
                if (turn == _turn && _held is not null && HasNews(_held))
                {
                    Release();
                }
            });
        }
    }

    public void Close()
    {
        _turn = -1;
        _held = null;
        _requests.Clear();
    }

    private void Next()
    {
        while (_held is null && _requests.TryDequeue(out var request))
        {
            if (request.Sync is { Count: > 0 } jobs)
            {
                _ = box.Do(Turn.Merge, (core, now) => core.Merge(jobs, now), jobs);
            }

            if (request.Wait is { } wait && !box.Plan.IsOld && _requests.Count is 0 && !HasNews(request))
            {
                _held = request;
                var turn = ++_turn;
                box.InThisLife(wait, () =>
                {
                    if (turn == _turn && _held is not null)
                    {
                        Release();
                    }
                });
                return;
            }

            Answer(request);
        }
    }

    private void Release()
    {
        var request = _held!;
        _held = null;
        Answer(request);
        Next();
    }

    private bool HasNews(Request request) =>
        (request.JobsAfter is { } jobs && (jobs > box.Core.Seq || box.Core.ChangesSince(jobs).Count > 0))
        || (request.NodesAfter is { } nodes && (nodes > box.Core.Nodes.Seq || box.Core.Nodes.SignificantSeq > nodes));

    private void Answer(Request request) => connection.Answer(world.Wire.Carry(box.Plan.IsOld ? AsOld(request) : AsNew(request)));

    private Answer AsNew(Request request)
    {
        var nodes = request.AsksForNodes ? NodesSince(request.NodesAfter ?? 0, (request.Wait ?? 0) * ShareOfWait) : null;
        var jobs = request.JobsAfter is { } after ? box.Core.ChangesSince(after) : null;
        return new Answer
        {
            Jobs = jobs,
            Seq = jobs is null ? null : box.Core.Seq,
            Nodes = nodes?.Statuses,
            NodesSeq = request.NodesAfter is null ? null : nodes?.Seq,
            NodesGone = request.NodesAfter is > 0 ? nodes?.Removed : null,
        };
    }

    private Answer AsOld(Request request) => new()
    {
        Jobs = request.JobsAfter is { } after ? box.Core.ChangesSince(after) : null,
        Nodes = request.AsksForNodes
            ? NodesSince(0, 0).Statuses.ToDictionary(node => node.Key, node => node.Key == box.Name ? node.Value with { Ver = null, Caps = null, Links = null } : node.Value)
            : null,
    };

    private Core.Nodes.NodeChanges NodesSince(long seq, double oldest) => box.Do(Turn.Own, (core, now) => core.NodesSince(seq, oldest, now));
}
