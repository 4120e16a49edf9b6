using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Logging.Tests;

/// <summary>A sink that records the text of events, and can fail or block.</summary>
internal sealed class FakeSink : ILogEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _texts = [];
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IOException? _failure;
    private volatile bool _isClosed;

    public bool IsClosed => _isClosed;

    /// <summary>The exception for the next event; null after it was thrown.</summary>
    public IOException? Failure
    {
        get => Volatile.Read(ref _failure);
        set => Volatile.Write(ref _failure, value);
    }

    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
                return [.. _texts];
        }
    }

    /// <summary>Blocks all events.</summary>
    public void Hold() => _open.Reset();

    /// <summary>Unblocks all events.</summary>
    public void Release() => _open.Set();

    /// <summary>Waits until an event is blocked.</summary>
    public Task WhenHeldAsync() => _held.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public void Emit(LogEvent logEvent)
    {
        if (!_open.IsSet)
            _held.TrySetResult();
        _open.Wait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
        lock (_lock)
            _texts.Add(LogMessage.Of(logEvent));
    }

    public void Dispose() => _isClosed = true;
}
