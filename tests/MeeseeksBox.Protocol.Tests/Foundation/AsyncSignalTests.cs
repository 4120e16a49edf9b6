using MeeseeksBox.Foundation.Tasks;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Waiting for a signal, with and without a limit.</summary>
public sealed class AsyncSignalTests
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(10);

    private readonly AsyncSignal _signal = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_before_a_wait_wake_it_once()
    {
        _signal.Set();
        _signal.Set();

        (await _signal.WaitAsync(Stop)).Should().BeTrue();
        _signal.WaitAsync(Stop).IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_completed_signal_ends_the_loop_after_the_last_call()
    {
        _signal.Set();
        _signal.Complete();

        (await _signal.WaitAsync(Stop)).Should().BeTrue();
        (await _signal.WaitAsync(Stop)).Should().BeFalse();
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_has_passed()
    {
        await _signal.WaitAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, Stop);
        await _signal.WaitAsync(TimeSpan.FromMilliseconds(-5), TimeProvider.System, Stop);
    }

    [Fact]
    public async Task A_wait_without_limit_ends_with_a_call_only()
    {
        var waiting = _signal.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, Stop);

        waiting.IsCompleted.Should().BeFalse();
        _signal.Set();
        await waiting;
    }

    [Fact]
    public async Task A_cancelled_wait_throws()
    {
        using var cancelled = new CancellationTokenSource();
        var waiting = _signal.WaitAsync(Never, TimeProvider.System, cancelled.Token);

        await cancelled.CancelAsync();

        await waiting.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }
}
