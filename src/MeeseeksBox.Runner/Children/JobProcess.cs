namespace MeeseeksBox.Runner.Children;

/// <summary>A process that the runner has started.</summary>
/// <param name="pid">The process id.</param>
internal sealed class JobProcess(int pid)
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The process id.</summary>
    public int Pid => pid;

    /// <summary>Its exit status after its end; -N when signal N ended it.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>True after its end. The system may give the process id away from then on.</summary>
    public bool HasExited => _exited.Task.IsCompleted;

    /// <summary>Records its end.</summary>
    public void SetExited(int status) => _exited.SetResult(status);
}
