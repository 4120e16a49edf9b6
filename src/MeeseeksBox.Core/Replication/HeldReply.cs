using MeeseeksBox.Core.Queries;

namespace MeeseeksBox.Core.Replication;

/// <summary>A reply that is held until there is a change (docs/PROTOCOL.md#waiting-for-news).</summary>
/// <param name="condition">The changes that release it.</param>
/// <param name="until">The time of its release at the latest, in monotonic seconds.</param>
public sealed class HeldReply(ChangeCondition condition, double until)
{
    // In seconds. Under a stream of changes, one check covers all changes of a pace; the first change after a quiet time is checked at
    // once.
    private const double Pace = 0.002;

    // So many changes in a row are checked at once for a reader of a few jobs. The life of a short job has four.
    private readonly int _burst = condition.IsNarrow ? 8 : 1;

    // Until when the checks so far use up the pace.
    private double _usedUntil = double.NegativeInfinity;
    private long _checkedSeq;
    private long _checkedNodesSeq = -1;

    /// <summary>True once the reply may be sent.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>When <see cref="Update"/> is due again at the latest, in monotonic seconds.</summary>
    public double Deadline => IsPaced ? Math.Min(NextCheck, until) : until;

    /// <summary>True while further changes wait for the check at <see cref="Deadline"/>.</summary>
    public bool IsPaced { get; private set; }

    private double NextCheck => _usedUntil - ((_burst - 1) * Pace);

    /// <summary>Releases the reply, because a further line has arrived.</summary>
    public void Release() => IsReleased = true;

    /// <summary>Releases the reply if a change meets the condition or its time is over.</summary>
    public void Update(NodeCore core, Instant now)
    {
        IsReleased |= now.Monotonic >= until;
        var hasChanged = core.Seq != _checkedSeq || core.Nodes.SignificantSeq != _checkedNodesSeq;
        IsPaced = !IsReleased && hasChanged && now.Monotonic < NextCheck;
        if (IsReleased || IsPaced || !hasChanged)
            return;

        // Jobs that were checked before have not changed since.
        IsReleased = condition.IsMet(core, _checkedSeq);
        _usedUntil = Math.Max(_usedUntil, now.Monotonic) + Pace;
        (_checkedSeq, _checkedNodesSeq) = (core.Seq, core.Nodes.SignificantSeq);
    }
}
