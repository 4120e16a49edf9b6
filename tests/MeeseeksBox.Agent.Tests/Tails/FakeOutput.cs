using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Agent.Tests.Tails;

/// <summary>The standard output of a run, as a test prints it.</summary>
internal sealed class FakeOutput : ILiveOutput
{
    private readonly Lock _lock = new();
    private readonly List<byte> _printed = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of bytes at the beginning that are not kept.</summary>
    public int Dropped { get; set; }

    /// <summary>The error of each read; null for none.</summary>
    public string? Problem { get; set; }

    public void Print(string text)
    {
        lock (_lock)
        {
            _printed.AddRange(System.Text.Encoding.UTF8.GetBytes(text));
            _more.SetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Task<long> TotalAsync(OutputStream stream) => Task.FromResult(Total(stream));

    public Task WhenAfter(OutputStream stream, long offset)
    {
        lock (_lock)
            return Total(stream) > offset ? Task.CompletedTask : _more.Task;
    }

    private long Total(OutputStream stream)
    {
        lock (_lock)
            return stream is OutputStream.Stdout ? _printed.Count : 0;
    }

    public ValueTask<KeptBytes> ReadAsync(OutputStream stream, long offset, int most)
    {
        if (Problem is not null)
            throw new IOException(Problem);

        lock (_lock)
        {
            var start = (int)Math.Max(offset, Dropped);
            var count = Math.Min(most, _printed.Count - start);
            return ValueTask.FromResult(new KeptBytes(start, _printed.GetRange(start, count).ToArray()));
        }
    }
}
