using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Sets that wait are logged once (docs/SPECIFICATION.md#set-results).</summary>
public sealed class SetReporterTests
{
    private static readonly FileWatch.Settings.WatchSettings Watch =
        Some.Watch("'glob':['*.foo','*.bar'],'split':'.','fileset':1,'set_timeout':600,'rescan':60");

    private readonly LinesLog _log = new();
    private readonly SetReporter _reporter;

    public SetReporterTests() => _reporter = new SetReporter(_log.Logger);

    [Fact]
    public void A_set_is_named_once_when_it_has_waited_for_a_rescan()
    {
        Report(59, new WaitingSet("1", 0, [1], IsOverdue: false));
        _log.Lines.Should().BeEmpty();

        Report(60, new WaitingSet("1", 0, [1], IsOverdue: false));
        Report(90, new WaitingSet("1", 0, [1], IsOverdue: false));
        _log.Lines.Should().Equal("Information: set \"1\" is not complete: nothing matches \"*.bar\"");
    }

    [Fact]
    public void A_set_without_a_required_file_is_a_warning_once()
    {
        Report(600, new WaitingSet("1", 0, [0], IsOverdue: true));
        Report(601, new WaitingSet("1", 0, [0], IsOverdue: true));

        _log.Lines.Should().Equal("Warning: set \"1\" is not complete after 600 s: nothing matches \"*.foo\"; it waits on");
    }

    [Fact]
    public void Many_sets_are_one_line()
    {
        Report(60, [.. Enumerable.Range(0, 10_000).Select(number => new WaitingSet($"s{number}", 0, [1], IsOverdue: false))]);

        _log.Lines.Should().ContainSingle().Which.Should().Contain("10000").And.Contain("s0");
        _reporter.WaitingCount.Should().Be(10_000);
    }

    [Fact]
    public void A_late_file_is_named_with_its_reason()
    {
        var plan = new Plan();
        plan.Late.Add(new LateFile("1.z.foo", "the set 1 runs with 1.y.foo"));
        _reporter.Report(Watch, plan, 0);

        _log.Lines.Should().Equal("Information: \"1.z.foo\" is not processed: \"the set 1 runs with 1.y.foo\"");
    }

    private void Report(double seconds, params WaitingSet[] sets)
    {
        var plan = new Plan();
        plan.Waiting.AddRange(sets);
        _reporter.Report(Watch, plan, TimeSpan.FromSeconds(seconds).Ticks);
    }
}
