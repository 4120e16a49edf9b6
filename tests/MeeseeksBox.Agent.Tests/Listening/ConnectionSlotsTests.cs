using MeeseeksBox.Agent.Listening;

namespace MeeseeksBox.Agent.Tests.Listening;

/// <summary>The limit of connections, which a reload may change.</summary>
public sealed class ConnectionSlotsTests : IDisposable
{
    private readonly ConnectionSlots _slots = new();

    [Fact]
    public async Task Slots_over_a_lower_limit_disappear_when_they_are_released()
    {
        _slots.Resize(3);
        var taken = Enumerable.Range(0, 3).Select(_ => Acquire()).ToArray();
        taken.Should().OnlyContain(slot => slot.IsCompletedSuccessfully);

        _slots.Resize(1);
        var next = Acquire();
        _slots.Release();
        _slots.Release();
        next.IsCompleted.Should().BeFalse("the one slot is taken");
        _slots.Release();

        await next.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        _slots.AreTaken.Should().BeTrue();
    }

    [Fact]
    public void Free_slots_over_a_lower_limit_disappear_at_once()
    {
        _slots.Resize(5);

        _slots.Resize(1);

        Acquire().IsCompleted.Should().BeTrue();
        Acquire().IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_higher_limit_serves_those_that_wait()
    {
        _slots.Resize(2);
        _ = Acquire();
        _ = Acquire();
        _slots.Resize(1);
        var next = Acquire();

        _slots.Resize(2);
        next.IsCompleted.Should().BeFalse("two are taken");
        _slots.Resize(3);

        await next.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _slots.Dispose();

    private Task<bool> Acquire() => _slots.TryAcquireAsync(Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken);
}
