using MeeseeksBox.Core.Queries;

namespace MeeseeksBox.Core.Replication;

/// <summary>A reply that waits for changes (long poll), and decides when it is released (docs/PROTOCOL.md#waiting-for-news).</summary>
/// <param name="condition">The changes that it waits for.</param>
/// <param name="until">When it is released at the latest, in monotonic seconds.</param>
public sealed class HeldReply(ChangeCondition condition, double until)
{
    // In seconds. In a stream of changes each check covers those that came meanwhile; the first after a quiet time is checked at once.
    private const double Pace = 0.002;

    private double _checkedAt = double.NegativeInfinity;
    private long _checkedSeq;
    private long _checkedNodesSeq = -1;

    /// <summary>True once the reply may be sent.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>When <see cref="Update"/> is due again at the latest, in monotonic seconds.</summary>
    public double Deadline => IsPaced ? Math.Min(_checkedAt + Pace, until) : until;

    /// <summary>True while changes are to be left alone until <see cref="Deadline"/>.</summary>
    public bool IsPaced { get; private set; }

    /// <summary>Releases it: a further line has arrived.</summary>
    public void Release() => IsReleased = true;

    /// <summary>Checks whether it is released now.</summary>
    public void Update(NodeCore core, Instant now)
    {
        IsReleased |= now.Monotonic >= until;
        var hasChanged = core.Seq != _checkedSeq || core.Nodes.SignificantSeq != _checkedNodesSeq;
        IsPaced = !IsReleased && hasChanged && now.Monotonic < _checkedAt + Pace;
        if (IsReleased || IsPaced || !hasChanged)
        {
            return;
        }

        // Jobs that were checked before have not changed since.
        IsReleased = condition.IsMet(core, _checkedSeq);
        (_checkedAt, _checkedSeq, _checkedNodesSeq) = (now.Monotonic, core.Seq, core.Nodes.SignificantSeq);
    }
}
