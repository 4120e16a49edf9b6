using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Loop;

namespace MeeseeksBox.Runner.ControlGroups;

/// <summary>The control group of a run, which no descendant of its process leaves by itself.</summary>
/// <remarks>
/// A move takes the system several milliseconds, in which no other group of the host changes. So a run gets its group when it is older than
/// <see cref="LeastAge"/>, on a thread of its own, and a short job never has one. A run with limits gets it before its start.
/// </remarks>
/// <param name="folder">The folder of the group.</param>
/// <param name="loop">The loop of the runs.</param>
/// <param name="worker">The thread that changes groups.</param>
/// <param name="ended">Called on that thread at the end of a run with a group.</param>
internal sealed class RunGroup(string folder, EventLoop loop, SerialWorker worker, Action<RunGroup> ended)
{
    /// <summary>The age at which a run gets its group.</summary>
    public static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(100);

    private const int FolderMode = 0x1ed; // rwx for the owner, r-x for others
    private const int All = 1;

    private LoopTimer? _timer;
    private bool _isBegun;
    private volatile bool _isMade;

    /// <summary>True from a freeze to a thaw.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Makes the group before the process of the run is started, which enters it by itself.</summary>
    /// <returns>Its folder; null when the system has rejected it.</returns>
    public string? TryMake()
    {
        _isBegun = _isMade = _isMade || LibC.MakeFolder(folder, FolderMode) is 0;
        return _isMade ? folder : null;
    }

    /// <summary>Makes a group that is not made yet later, and moves the process of the run and its descendants into it.</summary>
    public void TakeLater(JobProcess first)
    {
        if (_isMade)
            return;

        _timer = loop.After(LeastAge, () =>
        {
            _isBegun = true;
            worker.Run(() => Take(first));
        });
    }

    /// <summary>The processes in the group. May be called by any thread.</summary>
    public IReadOnlyList<int> Processes() => _isMade ? ControlFile.Numbers(Path.Combine(folder, ControlFile.Processes)) : [];

    /// <summary>Kills all processes in the group at once, where the system can. May be called by any thread.</summary>
    public void Kill()
    {
        if (_isMade)
            _ = ControlFile.TryWrite(folder, ControlFile.Kill, All);
    }

    /// <summary>Freezes all processes in the group, or thaws them. May be called by any thread.</summary>
    public void SetFrozen(bool isFrozen)
    {
        if (_isMade)
            IsFrozen = ControlFile.TryWrite(folder, ControlFile.Freeze, isFrozen ? 1 : 0) && isFrozen;
    }

    /// <summary>Removes the group when it has no process any more.</summary>
    public void End()
    {
        _timer?.Cancel();

        // Waking the worker for each short run would cost a tenth of its start.
        if (!_isBegun)
            return;

        worker.Run(() =>
        {
            if (!_isMade)
                return;

            // What outlives the run is left alone, and not left frozen.
            SetFrozen(false);
            ended(this);
        });
    }

    /// <summary>Removes the group.</summary>
    /// <returns>False while it has processes.</returns>
    public bool TryRemove() => LibC.RemoveFolder(folder) is 0 || Marshal.GetLastPInvokeError() is ErrorNumber.NoEntry;

    private void Take(JobProcess first)
    {
        if (first.HasExited || LibC.MakeFolder(folder, FolderMode) is not 0)
            return;

        _isMade = true;
        if (first.TryDo(pid => ControlFile.TryWrite(folder, ControlFile.Processes, pid)))
            TakeChildren(first.Pid);
    }

    // Children of a later time are born in the group, because their parent is in it.
    private void TakeChildren(int parent)
    {
        foreach (var child in ProcessChildren.Of(parent))
        {
            if (ControlFile.TryWrite(folder, ControlFile.Processes, child))
                TakeChildren(child);
        }
    }
}
