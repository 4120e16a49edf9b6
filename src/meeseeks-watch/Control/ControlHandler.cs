using MeeseeksBox.Foundation.Text;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.WatchAgent.Control;

/// <summary>Answers the requests to a watcher.</summary>
/// <param name="watches">Its watches. The caller excludes a reload while it is used.</param>
/// <param name="statusOf">Makes the status of the watcher of that of its watches.</param>
/// <param name="time">The source of the time.</param>
internal sealed class ControlHandler(
    Func<CancellationToken, Task<IReadOnlyList<(string Name, IWatch Watch, Task Loop)>>> watches,
    Func<IReadOnlyList<WatchStatus>, WatcherStatus> statusOf,
    TimeProvider time)
{
    // A loop that reads a large folder answers after that.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(20);

    /// <summary>Answers a request.</summary>
    public async Task<ControlResponse> AnswerAsync(ControlRequest request, CancellationToken stop)
    {
        var all = await watches(stop);
        if (request.Status is true)
            return new ControlResponse { Status = statusOf(await Task.WhenAll(all.Select(one => StatusAsync(one.Watch, one.Loop, stop)))) };
        if (request.Again is not { Watch: { } watch, Files: { Count: > 0 } files, Index: >= 0 and var index } || files.Contains(null!))
            return new ControlResponse { Error = "a request has status: true, or again with watch and files" };
        if (all.FirstOrDefault(entry => entry.Name == watch) is not { Watch: { } found } one)
            return NoWatch(watch, all);
        return await InTimeAsync(found.RunAgainAsync(files, index), one.Loop, stop) is { } result
            ? new ControlResponse { Again = result }
            : new ControlResponse { Error = $"the watch {watch} {(one.Loop.IsCompleted ? "has ended" : "is busy; try again")}" };
    }

    private async Task<WatchStatus> StatusAsync(IWatch watch, Task loop, CancellationToken stop) =>
        await InTimeAsync(watch.StatusAsync(), loop, stop)
        ?? new WatchStatus
        {
            Name = watch.Settings.Name,
            Path = watch.Settings.Path,
            State = loop.IsCompleted ? WatchStatus.HasEnded : "busy",
        };

    // Null when the loop has ended, or does not answer in time.
    private async Task<T?> InTimeAsync<T>(Task<T> answer, Task loop, CancellationToken stop)
        where T : class
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(answer, loop, Task.Delay(LongestTurn, time, late.Token));
        await late.CancelAsync();
        return answer.IsCompleted ? await answer : null;
    }

    private static ControlResponse NoWatch(string name, IReadOnlyList<(string Name, IWatch Watch, Task Loop)> all)
    {
        var near = DidYouMean.Nearest(name, all.Select(entry => entry.Name));
        return new ControlResponse { Error = $"there is no watch {name}{(near is null ? "" : $"; the nearest one is {near}")}" };
    }
}
