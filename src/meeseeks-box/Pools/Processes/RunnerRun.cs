using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>A run of the runner, as the box sees it.</summary>
/// <param name="id">The id of the run.</param>
/// <param name="connection">The connection to the runner.</param>
/// <param name="note">Receives what a person should know about the run.</param>
internal sealed class RunnerRun(string id, RunnerConnection connection, Action<string> note) : IDisposable
{
    private readonly TaskCompletionSource<RunnerMessage> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RunnerMessage> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The id of the run.</summary>
    public string Id => id;

    /// <summary>The answer to the start.</summary>
    /// <exception cref="IOException">The runner has ended.</exception>
    public Task<RunnerMessage> Started => _started.Task;

    /// <summary>The end of the run.</summary>
    /// <exception cref="IOException">The runner has ended.</exception>
    public Task<RunnerMessage> Ended => _ended.Task;

    /// <summary>Ends all processes of the run.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL; zero for SIGKILL at once.</param>
    public void End(TimeSpan grace) => connection.Send(
        new RunnerMessage(RunnerVerb.End, id).With(RunnerField.Grace, (long)Math.Min(grace.TotalMilliseconds, int.MaxValue)));

    /// <summary>The output of a stream.</summary>
    /// <param name="stream"><see cref="RunnerField.Output"/> or <see cref="RunnerField.Errors"/>.</param>
    public string PathOf(string stream) => Path.Combine(connection.Folder, SpoolFile.NameOf(id, stream));

    /// <summary>Takes a line of the runner about this run.</summary>
    public void Receive(RunnerMessage message)
    {
        switch (message.Verb)
        {
            case RunnerVerb.Started or RunnerVerb.Refused:
                _ = _started.TrySetResult(message);
                break;
            case RunnerVerb.Ended:
                _ = _ended.TrySetResult(message);
                break;
            case RunnerVerb.Note when message.Text(RunnerField.Text) is { } text:
                note(text);
                break;
            default:
                // A line of a later version.
                break;
        }
    }

    /// <summary>Records that the runner has ended.</summary>
    public void Fail(IOException problem)
    {
        _ = _started.TrySetException(problem);
        _ = _ended.TrySetException(problem);
        _ = _started.Task.Exception;
        _ = _ended.Task.Exception;
    }

    /// <summary>Has the runner forget the run.</summary>
    public void Dispose()
    {
        connection.Remove(id);
        connection.Send(new RunnerMessage(RunnerVerb.Forget, id));
    }
}
