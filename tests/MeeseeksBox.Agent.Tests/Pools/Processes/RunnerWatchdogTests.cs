using MeeseeksBox.Agent.Pools.Processes;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#users
public sealed class RunnerWatchdogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _end = new();
    private readonly RunnerWatchdog _watchdog;
    private int _questions;
    private int _signals;

    public RunnerWatchdogTests() => _watchdog = new(() => _questions++, () => _signals++, _end.SetResult, _time);

    [Fact]
    public void A_runner_that_answers_is_left_alone_and_asked_again_for_what_came_meanwhile()
    {
        _watchdog.Ask();
        _watchdog.Ask();
        _watchdog.Ask();
        _questions.Should().Be(1);
        _watchdog.Answered();
        _questions.Should().Be(2);
        _watchdog.Answered();
        _time.Advance(TimeSpan.FromMinutes(1));

        (_questions, _signals, _end.Task.IsCompleted).Should().Be((2, 0, false));
    }

    [Fact]
    public async Task A_silent_runner_is_continued_once_and_given_up_then()
    {
        _watchdog.Ask();
        _time.Advance(TimeSpan.FromSeconds(0.9));
        _signals.Should().Be(0);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Testing.Wait.Until(() => _signals > 0, () => "no signal", TestContext.Current.CancellationToken);

        _signals.Should().Be(1);
        await Testing.Wait.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return _end.Task.IsCompleted;
            },
            () => "goes on",
            TestContext.Current.CancellationToken);
        _signals.Should().Be(1);
    }

    [Fact]
    public void An_ended_runner_is_asked_no_more()
    {
        _watchdog.Ask();
        _watchdog.Ask();

        _watchdog.Close();
        _watchdog.Ask();
        _time.Advance(TimeSpan.FromMinutes(1));

        (_questions, _signals, _end.Task.IsCompleted).Should().Be((1, 0, false));
    }

    [Fact]
    public async Task A_runner_is_asked_every_2_s_while_a_start_takes_long()
    {
        var started = new TaskCompletionSource();
        var asking = _watchdog.AskUntilAsync(started.Task);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        _questions.Should().Be(0);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Testing.Wait.Until(() => _questions > 0, () => "no question", TestContext.Current.CancellationToken);

        _watchdog.Answered();
        started.SetResult();
        await asking;
        _time.Advance(TimeSpan.FromMinutes(1));

        (_questions, _signals, _end.Task.IsCompleted).Should().Be((1, 0, false));
    }
}
