using MeeseeksBox.Runner.Ending;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.Runs;

/// <summary>Stops the processes of a run, and continues them: one change after the other, until they are as wanted.</summary>
/// <remarks>Used on the loop only.</remarks>
/// <param name="tree">The processes of the run.</param>
/// <param name="loop">The loop.</param>
/// <param name="isWanted">Says whether they should be stopped now.</param>
/// <param name="mayChange">Says whether they may be changed now.</param>
/// <param name="note">Receives a failure.</param>
/// <param name="changed">Called after each change.</param>
internal sealed class RunSuspension(
    ProcessTree tree, EventLoop loop, Func<bool> isWanted, Func<bool> mayChange, Action<string> note, Action changed)
{
    private bool _isAsked;

    /// <summary>True when the processes are stopped.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>True while a change is carried out.</summary>
    public bool IsChanging { get; private set; }

    /// <summary>Brings the processes in line with a request, also when they are as wanted: others may have signalled them.</summary>
    public void Repeat()
    {
        _isAsked = true;
        Follow();
    }

    /// <summary>Begins a change where one is wanted.</summary>
    public void Follow()
    {
        if (IsChanging || !mayChange() || (!_isAsked && IsFrozen == isWanted()))
            return;

        (IsChanging, _isAsked) = (true, false);
        _ = ChangeAsync(isWanted());
    }

    private async Task ChangeAsync(bool isFrozen)
    {
        try
        {
            await tree.SetFrozenAsync(isFrozen);
        }
#pragma warning disable CA1031 // The run must go on after any failure.
        catch (Exception problem)
        {
            loop.Post(() => note($"its processes could not be {(isFrozen ? "stopped" : "continued")}: {problem.Message}"));
        }
#pragma warning restore CA1031

        loop.Post(() =>
        {
            (IsChanging, IsFrozen) = (false, isFrozen);
            Follow();
            changed();
        });
    }
}
