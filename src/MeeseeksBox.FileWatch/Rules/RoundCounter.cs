namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Counts the good rounds of a watch (<c>count</c>).</summary>
/// <remarks>A round ends when no job of the watch is in flight any more; it is good when none of its jobs failed.</remarks>
/// <param name="limit">The number of good rounds after which the watch ends; null: it does not end.</param>
public sealed class RoundCounter(int? limit)
{
    private bool _isOpen;
    private bool _hasFailed;

    /// <summary>The number of good rounds.</summary>
    public int Good { get; private set; }

    /// <summary>Whether the watch has had all its rounds.</summary>
    public bool IsComplete => limit is { } most && Good >= most;

    /// <summary>Adds the end of a job.</summary>
    /// <param name="isGood">Whether the job is done, and neither failed nor killed.</param>
    public void AddEnd(bool isGood)
    {
        _isOpen = true;
        _hasFailed |= !isGood;
    }

    /// <summary>Ends the round, because nothing is in flight. A round without jobs is none.</summary>
    /// <returns>Whether a good round has ended.</returns>
    public bool EndRound()
    {
        var isGood = _isOpen && !_hasFailed;
        Good += isGood ? 1 : 0;
        (_isOpen, _hasFailed) = (false, false);
        return isGood;
    }

    /// <summary>Has another limit count from now on; the rounds so far count.</summary>
    public RoundCounter WithLimit(int? other) => new(other) { Good = Good, _isOpen = _isOpen, _hasFailed = _hasFailed };
}
