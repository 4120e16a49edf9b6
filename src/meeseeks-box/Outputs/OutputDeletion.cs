using Serilog;

namespace MeeseeksBox.Agent.Outputs;

/// <summary>Deletes the files of outputs after a while: answers that are under way may read a file after its job has changed.</summary>
/// <param name="time">The clock.</param>
/// <param name="log">Receives files that cannot be deleted.</param>
internal sealed class OutputDeletion(TimeProvider time, ILogger log) : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<(SpooledOutput Output, long At)> _queue = new();

    // Those of the queue that were not withdrawn.
    private readonly HashSet<SpooledOutput> _wanted = [];
    private ITimer? _timer;

    /// <summary>Deletes outputs after the delay.</summary>
    public void Add(IEnumerable<SpooledOutput> outputs)
    {
        lock (_lock)
        {
            foreach (var output in outputs)
            {
                _queue.Enqueue((output, time.GetTimestamp()));
                _ = _wanted.Add(output);
            }

            if (_queue.Count > 0)
                _timer ??= time.CreateTimer(_ => DeleteDue(), null, Delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Does not delete outputs that a job has again.</summary>
    public void Withdraw(IEnumerable<SpooledOutput> outputs)
    {
        lock (_lock)
            _wanted.ExceptWith(outputs);
    }

    /// <summary>Deletes a file at once.</summary>
    public void DeleteNow(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            log.Warning("output file {File} cannot be deleted: {Problem}", file, refused.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void DeleteDue()
    {
        var due = new List<string>();
        lock (_lock)
        {
            while (_queue.TryPeek(out var first) && time.GetElapsedTime(first.At) >= Delay)
            {
                if (_queue.Dequeue().Output is var output && _wanted.Remove(output))
                    due.Add(output.Path);
            }

            if (_queue.TryPeek(out var next))
            {
                var left = Delay - time.GetElapsedTime(next.At);
                _ = _timer!.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        due.ForEach(DeleteNow);
    }
}
