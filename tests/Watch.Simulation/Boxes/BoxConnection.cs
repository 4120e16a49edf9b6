using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MeeseeksBox.Client;
using MeeseeksBox.Foundation.Tasks;
using MeeseeksBox.WatchAgent.Jobs;
using MeeseeksBox.WatchSimulation.Time;

namespace MeeseeksBox.WatchSimulation.Boxes;

/// <summary>The connection of one watcher to the make-believe box.</summary>
/// <param name="box">The box.</param>
/// <param name="watcher">The number of the watcher.</param>
/// <param name="trap">May end the watcher before a request reaches the box, or before its answer arrives.</param>
internal sealed class BoxConnection(SimulatedBox box, int watcher, Trap trap) : IBoxClient
{
    private readonly HashSet<BoxJob> _changed = [];
    private readonly AsyncSignal _news = new();

    public TimeSpan Timeout => System.Threading.Timeout.InfiniteTimeSpan;

    public string? Fault => null;

    /// <summary>Set when the watcher is killed: nothing that it sends reaches the box.</summary>
    public bool IsCut { get; set; }

    /// <summary>Notes that a job has changed.</summary>
    public void Report(BoxJob job)
    {
        _ = _changed.Add(job);
        _news.Set();
    }

    public Task<Response> RequestAsync(JsonObject request, CancellationToken stop)
    {
        if (IsCut || trap.IsSprung || trap.Springs())
            return NeverAsync(stop);
        var answer = box.Answer(request, watcher);
        return trap.Springs() ? NeverAsync(stop) : Task.FromResult(answer);
    }

    public async IAsyncEnumerable<JobUpdate> FollowAsync(JobSelection selection, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return new JobUpdate(SimulatedBox.Parse(box.Jobs), IsSnapshot: true);
        while (true)
        {
            _ = await _news.WaitAsync(stop);
            var jobs = SimulatedBox.Parse(_changed);
            _changed.Clear();
            yield return new JobUpdate(jobs, IsSnapshot: false);
        }
    }

    private static async Task<Response> NeverAsync(CancellationToken stop)
    {
        _ = await new AsyncSignal().WaitAsync(stop);
        throw new InvalidOperationException("A request that has no answer has ended.");
    }
}
