namespace MeeseeksBox.WatchSimulation.Time;

/// <summary>Ends a watcher between two of its actions: when it reads the clock, or sends a request, for the n-th time from now.</summary>
internal sealed class Trap
{
    private int _left = -1;

    /// <summary>Whether the watcher has come to its end.</summary>
    public bool IsSprung { get; private set; }

    /// <summary>Sets the trap.</summary>
    public void Set(int actions) => _left = actions;

    /// <summary>Counts an action.</summary>
    /// <returns>Whether it is the last one.</returns>
    public bool Springs()
    {
        if (_left < 0 || _left-- > 0)
            return false;
        return IsSprung = true;
    }
}
