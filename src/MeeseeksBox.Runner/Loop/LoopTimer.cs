namespace MeeseeksBox.Runner.Loop;

/// <summary>An action that an <see cref="EventLoop"/> runs at a time.</summary>
internal sealed class LoopTimer(Action action)
{
    /// <summary>True when it does not run any more.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Runs the action, once, unless the timer is cancelled.</summary>
    public void Run()
    {
        if (IsCancelled)
            return;

        IsCancelled = true;
        action();
    }

    /// <summary>Keeps the action from being run. To be called on the loop.</summary>
    public void Cancel() => IsCancelled = true;
}
