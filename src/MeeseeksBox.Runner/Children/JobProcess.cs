using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Children;

/// <summary>A process that the runner has started.</summary>
/// <param name="pid">The process id.</param>
/// <param name="time">The clock.</param>
/// <param name="exited">Called after its end.</param>
internal sealed class JobProcess(int pid, TimeProvider time, Action exited)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = time.GetTimestamp();
    private volatile bool _hasExited;
    private DateTimeOffset _exitedAt;

    /// <summary>The process id.</summary>
    public int Pid => pid;

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>Time since its start.</summary>
    public TimeSpan Age => time.GetElapsedTime(_started);

    /// <summary>When it ended; call it after the end.</summary>
    public DateTimeOffset ExitedAt => _exitedAt;

    /// <summary>Completes at its end.</summary>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>True after its end. The system may give the process id away from then on.</summary>
    public bool HasExited => _hasExited;

    /// <summary>Records its end.</summary>
    public void SetExited(ProcessExit exit)
    {
        MarkExited();
        _exited.SetResult(exit);
        exited();
    }

    /// <summary>Records that its process id may be given away from now on; <see cref="SetExited"/> follows.</summary>
    public void MarkExited()
    {
        lock (_lock)
        {
            if (!_hasExited)
                _exitedAt = time.GetUtcNow();
            _hasExited = true;
        }
    }

    /// <summary>Does something with its process id, which is not given away meanwhile.</summary>
    /// <returns>False when it has ended, or when the action has failed.</returns>
    public bool TryDo(Func<int, bool> action)
    {
        lock (_lock)
            return !_hasExited && action(pid);
    }

    /// <summary>Sends a signal to it, and never to a later process with its id.</summary>
    /// <returns>The number of the error, or 0.</returns>
    public int Signal(int signal)
    {
        lock (_lock)
        {
            return _hasExited ? ErrorNumber.NoProcess
                : LibC.Kill(pid, signal) is 0 ? 0
                : Marshal.GetLastPInvokeError();
        }
    }
}
