using MeeseeksBox.Agent.Lifecycle;
using Microsoft.Extensions.Time.Testing;
using Serilog.Core;

namespace MeeseeksBox.Agent.Tests.Lifecycle;

/// <summary>Start and stop in stages (docs/SPECIFICATION.md#orderly-stop).</summary>
public sealed class StageListTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _steps = [];

    [Fact]
    public async Task Stages_stop_in_the_reverse_order_of_their_start()
    {
        var stages = List(Some("a"), Some("b"));

        (await stages.StartAsync()).Should().BeEmpty();
        await stages.StopAsync();

        _steps.Should().Equal("start a", "start b", "stop b", "stop a");
    }

    [Fact]
    public async Task A_problem_ends_the_start_and_stages_that_were_not_begun_are_not_stopped()
    {
        var failing = Some("b") with { Start = () => Task.FromResult<IReadOnlyList<string>>(["no"]) };
        var stages = List(Some("a"), failing, Some("c"));

        (await stages.StartAsync()).Should().Equal("no");
        await stages.StopAsync();

        _steps.Should().Equal("start a", "stop b", "stop a");
    }

    [Fact]
    public async Task A_stage_that_exceeds_its_limit_is_cancelled_and_the_next_one_stops()
    {
        var cancelled = false;
        var hanging = new Stage("b")
        {
            StopLimit = TimeSpan.FromSeconds(5),
            Stop = limit =>
            {
                _ = limit.Register(() => cancelled = true);
                return new TaskCompletionSource().Task;
            },
        };
        var stages = List(Some("a"), hanging);
        _ = await stages.StartAsync();

        var stop = stages.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        (stop.IsCompleted, cancelled).Should().Be((false, false));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await stop.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        cancelled.Should().BeTrue();
        _steps.Should().Equal("start a", "stop a");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stage_that_fails_to_stop_is_logged_and_the_others_stop(bool isAtOnce)
    {
        var errors = new LoggedErrors();
        using var log = errors.CreateLogger();
        var failing = new Stage("b")
        {
            Stop = _ => isAtOnce ? throw new InvalidOperationException("x") : Task.FromException(new InvalidOperationException("x")),
        };
        var stages = new StageList([Some("a"), failing, Some("c")], _time, log);
        _ = await stages.StartAsync();
        _steps.Clear();

        await stages.StopAsync();

        _steps.Should().Equal("stop c", "stop a");
        errors.Lines.Should().ContainSingle().Which.Should().Contain("stage b failed");
    }

    private StageList List(params Stage[] stages) => new(stages, _time, Logger.None);

    private Stage Some(string name) => new(name)
    {
        Start = () =>
        {
            _steps.Add($"start {name}");
            return Stage.Started;
        },
        Stop = _ =>
        {
            _steps.Add($"stop {name}");
            return Task.CompletedTask;
        },
    };
}
