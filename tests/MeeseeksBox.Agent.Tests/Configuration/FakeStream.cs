using System.Text;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>A stream that keeps each write apart, and fails or does not come back when it is told to.</summary>
internal sealed class FakeStream : MemoryStream
{
    private readonly Lock _lock = new();
    private readonly List<string> _writes = [];
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IOException? _failure;
    private volatile bool _isClosed;

    public override bool CanSeek => false;

    public bool IsClosed => _isClosed;

    /// <summary>What the next write throws; null again when it has.</summary>
    public IOException? Failure
    {
        get => _failure;
        set => _failure = value;
    }

    public IReadOnlyList<string> Writes
    {
        get
        {
            lock (_lock)
                return [.. _writes];
        }
    }

    /// <summary>Lets no write come back.</summary>
    public void Hold() => _open.Reset();

    /// <summary>Lets them come back.</summary>
    public void Release() => _open.Set();

    /// <summary>Ends when a write is being held.</summary>
    public Task WhenHeldAsync() => _held.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_open.IsSet)
            _held.TrySetResult();
        _open.Wait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
        lock (_lock)
            _writes.Add(Encoding.UTF8.GetString(buffer));
    }

    protected override void Dispose(bool disposing)
    {
        _isClosed = true;
        base.Dispose(disposing);
    }
}
