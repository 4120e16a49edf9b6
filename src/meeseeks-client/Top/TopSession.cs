using System.Threading.Channels;
using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.CommandLine.Top;

/// <summary>The event loop of the live screen: applies events one by one and redraws.</summary>
internal sealed class TopSession : IDisposable
{
    private const int MostWaiting = 256;

    // A pause of three times the drawing time limits drawing to a quarter of one processor.
    private const int PauseAfterDrawing = 3;
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(30);

    private readonly Channel<TopEvent> _events = Channel.CreateBounded<TopEvent>(MostWaiting);
    private readonly TopModel _model = new();
    private readonly TopList _list;
    private readonly PoolList _pools;
    private readonly TopFeed _feed;
    private readonly List<Task> _tasks = [];
    private (string? Id, double? StartTs) _followed;
    private CancellationTokenSource _endOfOutput = new();
    private readonly TimeProvider _time;
    private readonly string _peer;
    private readonly bool _hasColor;
    private TopChoices _choices;

    /// <summary>Creates a session.</summary>
    /// <param name="client">The client of the box.</param>
    /// <param name="filter">The initial filter.</param>
    /// <param name="hasColor">Whether to use colours.</param>
    /// <param name="time">The source of time.</param>
    public TopSession(MeeseeksClient client, string filter, bool hasColor, TimeProvider time)
    {
        (_list, _pools, _feed) = (new TopList(_model), new PoolList(_model), new TopFeed(client, _events.Writer, time));
        (_peer, _hasColor, _time) = (client.Endpoint, hasColor, time);
        _choices = new TopChoices { Filter = filter };
    }

    /// <summary>Shows the screen until the user quits.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var terminal = new Terminal(
            key => Post(new TopEvent.Pressed(key)),
            () => Post(new TopEvent.Redraw()),
            () => Post(new TopEvent.Quit()),
            problem => _events.Writer.TryComplete(problem));
        Start(_feed.FollowAsync(end.Token));
        Start(_feed.ReviewEndedAsync(end.Token));
        Start(TickAsync(end.Token));
        try
        {
            while (await _events.Reader.WaitToReadAsync(end.Token))
            {
                while (_events.Reader.TryRead(out var one))
                {
                    if (!Take(one, end.Token))
                        return;
                }

                var begin = _time.GetTimestamp();
                Draw(terminal);
                FollowOutput(end.Token);
                var pause = _time.GetElapsedTime(begin) * PauseAfterDrawing;
                await Task.Delay(pause > LeastPause ? pause : LeastPause, _time, end.Token);
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(_tasks);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _endOfOutput.Dispose();

    // Keys are dropped if the event queue is full.
    private void Post(TopEvent one) => _events.Writer.TryWrite(one);

    private void Start(Task task) => _tasks.Add(GuardAsync(task));

    private async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The session ends.
        }
#pragma warning disable CA1031 // Passed on to the loop, which ends with it.
        catch (Exception problem)
        {
            _ = _events.Writer.TryComplete(problem);
        }
#pragma warning restore CA1031
    }

    // A start of a job that has ended is followed as another job.
    private void FollowOutput(CancellationToken stop)
    {
        var id = _choices.Part is TopPart.Nodes ? null : _choices.Selected;
        var job = id is null ? null : _model.Jobs.GetValueOrDefault(id);
        var wanted = (job?.Id, job?.StartTs);
        if (wanted == _followed)
            return;

        _followed = wanted;
        _endOfOutput.Cancel();
        _endOfOutput.Dispose();
        _endOfOutput = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _ = _tasks.RemoveAll(task => task.IsCompletedSuccessfully);
        var follow = _model.Output.Begin(job?.Id);
        if (job is not null)
        {
            foreach (var stream in Enum.GetValues<OutputStream>())
                Start(_feed.FollowOutputAsync(job.Id, stream, follow, _endOfOutput.Token));
        }
    }

    private async Task TickAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        while (await timer.WaitForNextTickAsync(stop))
            await _events.Writer.WriteAsync(new TopEvent.Redraw(), stop);
    }

    private bool Take(TopEvent one, CancellationToken stop)
    {
        switch (one)
        {
            case TopEvent.Updated(var update):
                _model.Take(update);
                break;
            case TopEvent.ListEnded(var answer):
                answer(_model.Ended());
                break;
            case TopEvent.Retained(var ended, var there):
                _model.Forget(ended, there);
                break;
            case TopEvent.Disconnected(var why):
                _model.Lose(why);
                break;
            case TopEvent.Printed(var follow, var stream, var part):
                _model.Output.Take(follow, stream, part);
                break;
            case TopEvent.Unprinted(var follow, var reason):
                _model.Output.Explain(follow, reason);
                break;
            case TopEvent.Notice(var message):
                _choices = _choices with { Message = message };
                break;
            case TopEvent.Pressed(var key):
                return Press(key, stop);
            case TopEvent.Redraw:
                break;
            case TopEvent.Quit:
                return false;
            default:
                throw new InvalidOperationException($"There is no event {one.GetType().Name}.");
        }

        return true;
    }

    private bool Press(ConsoleKeyInfo key, CancellationToken stop)
    {
        _choices = _list.Follow(_choices);
        (_choices, var action) = TopKeys.Press(key, _choices, _list, Page().PageSize);
        if (action is TopAction.Kill && _choices.PendingKillId is { } id)
        {
            _choices = _choices with { PendingKillId = null };
            Start(_feed.KillAsync(id, SingleLine.Of(id), stop));
        }

        return action is not TopAction.Quit;
    }

    private TopPage Page()
    {
        var (width, height) = Terminal.Size;
        return new TopPage(_peer, width, height, _hasColor);
    }

    private void Draw(Terminal terminal)
    {
        _choices = _list.Follow(_choices);
        terminal.Draw(Page().Lines(_model, _list, _pools, _choices, _time.GetLocalNow()));
    }
}
