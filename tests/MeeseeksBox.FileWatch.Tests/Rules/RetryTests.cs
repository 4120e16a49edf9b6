using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>How often and when a failed file is run again (docs/SPECIFICATION.md#retry-of-files).</summary>
public sealed class RetryTests
{
    private static readonly WorkKey Key = new(0, "a");

    [Theory]
    [InlineData("", 1, 9.9, false)]
    [InlineData("", 1, 10, true)]
    [InlineData("", 1000, 10, true)]
    [InlineData("'refresh':3", 1, 3, true)]
    [InlineData("'refresh':3,'retry_delay':5", 1, 4.9, false)]
    [InlineData("'retries':2", 2, 10, true)]
    [InlineData("'retries':2", 3, 3600, false)]
    [InlineData("'retries':0", 1, 3600, false)]
    [InlineData("'retry':false", 1, 3600, false)]
    [InlineData("'retry_delay':5,'retry_factor':3", 1, 5, true)]
    [InlineData("'retry_delay':5,'retry_factor':3", 2, 14.9, false)]
    [InlineData("'retry_delay':5,'retry_factor':3", 2, 15, true)]
    [InlineData("'retry_delay':5,'retry_factor':3", 3, 44.9, false)]
    [InlineData("'retry_delay':5,'retry_factor':3,'retry_max':20", 3, 20, true)]
    [InlineData("'retry_delay':5,'retry_factor':1000,'retry_max':20", 1_000_000, 19.9, false)]
    [InlineData("'retry_delay':5,'retry_factor':1000,'retry_max':20", 1_000_000, 20, true)]
    public void A_failed_file_is_due_after_its_pause(string json, int failures, double seconds, bool isDue)
    {
        Plan(json, failures, seconds).Due.Should().HaveCount(isDue ? 1 : 0);
    }

    [Fact]
    public void The_plan_names_the_end_of_the_pause()
    {
        Plan("'retry_delay':5,'retry_factor':3", failures: 2, seconds: 6).NextDue.Should().Be(Scene.Now + (9 * TimeSpan.TicksPerSecond));
    }

    [Fact]
    public void A_file_with_its_retries_used_up_is_consumed()
    {
        var plan = Plan("'retries':2", failures: 3, seconds: 1);

        (plan.Finished.Count, plan.NextDue).Should().Be((1, null));
    }

    [Fact]
    public void The_next_step_follows_when_the_retries_are_used_up()
    {
        var json = Some.Jobs(2) + ",'retries':1";

        var due = (int failures) => Plan(json, failures, 3600, "b", "a").Due.Select(work => (work.Index, work.FileName));

        due(1).Should().Contain((0, "a")).And.NotContain((1, "a"));
        due(2).Should().Contain((1, "a")).And.NotContain((0, "a"));
    }

    // The clock was an hour ahead when the job failed.
    [Theory]
    [InlineData("", true)]
    [InlineData("'retry_delay':7200", false)]
    public void A_failure_in_the_future_by_more_than_the_pause_is_of_another_clock(string json, bool isDue)
    {
        Plan(json, failures: 1, seconds: -3600).Due.Should().HaveCount(isDue ? 1 : 0);
    }

    [Theory]
    [InlineData("'retries':2", 9, 0)]
    [InlineData("'retries':2", 10, 1)]
    [InlineData("", 10, 0)]
    [InlineData("'retries':0", 10, 0)]
    [InlineData("'retry_factor':2", 10, 1)]
    public void The_number_of_failures_is_read_once_and_only_when_it_matters(string json, double seconds, int reads)
    {
        var count = 0;
        var table = new StatusTable(_ => ++count);
        table.Add(Key, StatusState.Failed, At(seconds));
        var later = new StatusTable(_ => ++count);
        later.Add(Key, StatusState.Failed, At(seconds));

        _ = Plan(Some.Watch(json), table, "a");
        _ = Plan(Some.Watch(json), table, "a");
        later.TakeFailures(table);
        _ = Plan(Some.Watch(json), later, "a");

        count.Should().Be(reads);
    }

    [Fact]
    public void Another_failure_is_counted_anew()
    {
        var table = new StatusTable(_ => 2);
        table.Add(Key, StatusState.Failed, At(100), failures: 1);
        table.Add(Key, StatusState.Failed, At(100));
        table.FailuresOf(Key).Should().Be(1);

        table.Add(Key, StatusState.Failed, At(50));

        table.FailuresOf(Key).Should().Be(2);
    }

    [Fact]
    public void A_changed_file_runs_whatever_its_retries_are()
    {
        var table = new StatusTable();
        table.Add(Key, StatusState.Failed, At(1), failures: 9);
        table.Add(Key, StatusState.Mtime, At(500));

        Plan(Some.Watch("'updated':true,'retries':0"), table, "a").Due.Should().ContainSingle();
    }

    private static long At(double seconds) => Scene.Now - TimeSpan.FromSeconds(seconds).Ticks;

    private static Plan Plan(string json, int failures, double seconds, params string[] names)
    {
        var table = new StatusTable();
        table.Add(Key, StatusState.Failed, At(seconds), failures);
        return Plan(Some.Watch(json), table, names is [] ? ["a"] : names);
    }

    private static Plan Plan(WatchSettings settings, StatusTable table, params string[] names) => Planner.Of(
        settings,
        new FolderSnapshot([.. names.Select(name => new WatchedFile(name, At(3600)))], table),
        new HashSet<WorkKey>(),
        Scene.Now);
}
