using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>The output of a run while it runs: the runner tells how much there is, and the bytes are in its files.</summary>
/// <param name="run">The run.</param>
/// <param name="send">Sends a line to the runner.</param>
internal sealed class RunnerOutput(RunnerRun run, Action<RunnerMessage> send) : ILiveOutput
{
    // So long as nobody has asked.
    private const long Unknown = -1;

    // A ring may turn faster than it is read.
    private const int MostAttempts = 5;

    private readonly Lock _lock = new();
    private readonly List<(OutputStream Stream, long Offset, TaskCompletionSource<long> Printed)> _waiters = [];
    private readonly Dictionary<OutputStream, long> _totals = [];
    private bool _hasEnded;

    /// <inheritdoc/>
    public Task<long> TotalAsync(OutputStream stream) => AfterAsync(stream, Unknown);

    /// <inheritdoc/>
    public Task WhenAfter(OutputStream stream, long offset)
    {
        lock (_lock)
        {
            if (_totals.GetValueOrDefault(stream, Unknown) > offset)
                return Task.CompletedTask;
        }

        return AfterAsync(stream, offset);
    }

    /// <inheritdoc/>
    public async ValueTask<KeptBytes> ReadAsync(OutputStream stream, long offset, int most)
    {
        var limit = run.OutputLimit;
        var path = run.PathOf(OutputStreams.Word(stream));
        for (var attempt = 1; ; attempt++)
        {
            var total = await TotalAsync(stream);
            var range = new KeptRange(total, Math.Min(total, limit));
            var start = range.FirstFrom(offset);
            var count = range.CountFrom(start, most);
            if (count is 0)
                return new KeptBytes(start, ReadOnlyMemory<byte>.Empty);

            var bytes = Read(path, total, limit, start, count);

            // What was printed meanwhile has overwritten the oldest bytes of the ring.
            var after = start + count > limit / 2 ? await TotalAsync(stream) : total;
            if (new KeptRange(after, Math.Min(after, limit)).FirstFrom(start) == start || attempt is MostAttempts)
                return new KeptBytes(start, bytes);
        }
    }

    /// <summary>Takes a line of the runner about the numbers of printed bytes.</summary>
    public void Receive(RunnerMessage message)
    {
        lock (_lock)
        {
            _hasEnded |= message.Verb is RunnerVerb.Ended;
            foreach (var stream in (OutputStream[])[OutputStream.Stdout, OutputStream.Stderr])
            {
                if (message.Number(OutputStreams.Word(stream)) is { } total)
                    _totals[stream] = Math.Max(0, total);
            }

            Release();
        }
    }

    /// <summary>Records that the runner tells nothing more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Release();
        }
    }

    private byte[] Read(string path, long total, int limit, long start, int count)
    {
        if (run.Owner.IsBox)
            return OutputSpool.Read(path, total, limit, start, count);

        using var file = SpoolReader.Open(path, run.Owner.User);
        return OutputSpool.Read(file, total, limit, start, count);
    }

    private Task<long> AfterAsync(OutputStream stream, long offset)
    {
        var printed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            // After the end, the record of the job has the output. Nothing more comes here.
            if (_hasEnded && offset is Unknown)
                return Task.FromResult(_totals.GetValueOrDefault(stream));
            if (_hasEnded)
                return printed.Task;

            // Readers come again and again while nothing is printed.
            if (offset is not Unknown
                && _waiters.Find(waiter => waiter.Stream == stream && waiter.Offset == offset) is { Printed: { } same })
            {
                return same.Task;
            }

            _waiters.Add((stream, offset, printed));
        }

        send(new RunnerMessage(RunnerVerb.Watch, run.Id).With(OutputStreams.Word(stream), offset));
        return printed.Task;
    }

    private void Release()
    {
        for (var index = _waiters.Count - 1; index >= 0; index--)
        {
            var (stream, offset, printed) = _waiters[index];
            var total = _totals.GetValueOrDefault(stream, _hasEnded ? 0 : Unknown);
            if (total > offset)
            {
                _waiters.RemoveAt(index);
                _ = printed.TrySetResult(total);
            }
        }
    }
}
