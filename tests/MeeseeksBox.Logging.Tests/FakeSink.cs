using Serilog.Core;
using Serilog.Events;

namespace MeeseeksBox.Logging.Tests;

/// <summary>A sink that keeps each event's text, and fails or does not come back when it is told to.</summary>
internal sealed class FakeSink : ILogEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _texts = [];
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IOException? _failure;
    private volatile bool _isClosed;

    public bool IsClosed => _isClosed;

    /// <summary>What the next event throws; null again when it has.</summary>
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

    /// <summary>Lets no event come back.</summary>
    public void Hold() => _open.Reset();

    /// <summary>Lets them come back.</summary>
    public void Release() => _open.Set();

    /// <summary>Ends when an event is being held.</summary>
    public Task WhenHeldAsync() => _held.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public void Emit(LogEvent logEvent)
    {
        if (!_open.IsSet)
            _held.TrySetResult();
        _open.Wait();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
        lock (_lock)
            _texts.Add(logEvent.MessageTemplate.Text);
    }

    public void Dispose() => _isClosed = true;
}
