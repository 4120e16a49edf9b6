namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Makes sure that a runner of another user answers: a job can stop the runner of its own user.</summary>
/// <remarks>It asks after a line was sent, so that an idle runner is left alone.</remarks>
/// <param name="ask">Sends the question.</param>
/// <param name="resume">Continues a runner that may be stopped.</param>
/// <param name="giveUp">Called when it does not answer.</param>
/// <param name="time">The clock.</param>
internal sealed class RunnerWatchdog(Action ask, Action resume, Action giveUp, TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _answer;
    private bool _isDue;
    private bool _isClosed;

    /// <summary>Asks, now or after the answer to the last question.</summary>
    public void Ask()
    {
        lock (_lock)
        {
            _isDue = _answer is not null;
            if (_isDue || _isClosed)
                return;

            _answer = new TaskCompletionSource();
            _ = AwaitAsync(_answer.Task);
        }

        ask();
    }

    /// <summary>Asks again and again while a start takes long, as with a file on a disk that hangs.</summary>
    public async Task AskUntilAsync(Task started)
    {
        while (await Task.WhenAny(started, Task.Delay(StartTime, time)) != started)
            Ask();
    }

    /// <summary>Takes the answer.</summary>
    public void Answered()
    {
        TaskCompletionSource? answer;
        bool isDue;
        lock (_lock)
            (answer, isDue, _answer) = (_answer, _isDue, null);

        answer?.SetResult();
        if (isDue)
            Ask();
    }

    /// <summary>Asks no more: the runner has ended.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
        Answered();
    }

    private async Task AwaitAsync(Task answer)
    {
        try
        {
            await answer.WaitAsync(FirstWait, time);
        }
        catch (TimeoutException)
        {
            resume();
            try
            {
                await answer.WaitAsync(LastWait, time);
            }
            catch (TimeoutException)
            {
                giveUp();
            }
        }
    }
}
