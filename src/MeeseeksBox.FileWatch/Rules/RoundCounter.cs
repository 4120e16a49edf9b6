namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Counts the good rounds of a watch (<c>count</c>).</summary>
/// <remarks>A round ends when no job of the watch is in flight. It is good when none of its jobs failed or was killed.</remarks>
/// <param name="limit">The number of good rounds after which the watch ends; null for no limit.</param>
public sealed class RoundCounter(int? limit)
{
    private bool _isOpen;
    private bool _hasFailed;

    /// <summary>The number of good rounds.</summary>
    public int Good { get; private set; }

    /// <summary>Whether the limit is reached.</summary>
    public bool IsComplete => limit is { } most && Good >= most;

    /// <summary>Records the end of a job.</summary>
    /// <param name="isGood">Whether the job is done, neither failed nor killed.</param>
    public void AddEnd(bool isGood)
    {
        _isOpen = true;
        _hasFailed |= !isGood;
    }

    /// <summary>Ends the round when nothing is in flight. Without jobs there was no round.</summary>
    /// <returns>Whether a good round has ended.</returns>
    public bool EndRound()
    {
        var isGood = _isOpen && !_hasFailed;
        Good += isGood ? 1 : 0;
        (_isOpen, _hasFailed) = (false, false);
        return isGood;
    }

    /// <summary>A copy with another limit, which keeps the rounds so far.</summary>
    public RoundCounter WithLimit(int? other) => new(other) { Good = Good, _isOpen = _isOpen, _hasFailed = _hasFailed };
}
