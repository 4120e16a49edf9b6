using System.Collections.Concurrent;

namespace MeeseeksBox.WatchAgent.Watches;

/// <summary>Requests of other threads, which the loop of a watch answers.</summary>
/// <param name="wake">Wakes the loop.</param>
internal sealed class LoopRequests(Action wake)
{
    private readonly ConcurrentQueue<Action> _requests = new();

    /// <summary>Has the loop compute an answer.</summary>
    public Task<T> AskAsync<T>(Func<T> answer)
    {
        var answered = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue(() =>
        {
            try
            {
                answered.SetResult(answer());
            }
#pragma warning disable CA1031 // The failure of a request is one for its sender.
            catch (Exception problem)
            {
                answered.SetException(problem);
            }
#pragma warning restore CA1031
        });
        wake();
        return answered.Task;
    }

    /// <summary>Answers all requests. To be called by the loop.</summary>
    public void Answer()
    {
        while (_requests.TryDequeue(out var request))
            request();
    }
}
