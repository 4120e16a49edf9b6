using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.FileWatch.Tests.Rules;

public sealed class JobLimitTests
{
    private const int Most = 2;

    [Fact]
    public void The_first_files_of_a_list_are_due()
    {
        var plan = Of(Some.Watch(), ["1", "2", "3"]);

        plan.Due.Select(work => work.FileName).Should().Equal("3", "2");
        plan.IsLimited.Should().BeTrue();
    }

    [Fact]
    public void Submitted_jobs_count()
    {
        var plan = Of(Some.Watch(), ["1", "2", "3", "4"], submitted: ["3", "4"]);

        plan.Due.Should().BeEmpty();
        plan.IsLimited.Should().BeTrue();
    }

    [Fact]
    public void A_file_before_the_submitted_ones_does_not_wait()
    {
        var plan = Of(Some.Watch(), ["1", "2", "3", "4"], submitted: ["2", "3"]);

        plan.Due.Select(work => work.FileName).Should().Equal("4");
    }

    [Fact]
    public void A_file_waits_when_twice_the_limit_is_submitted()
    {
        var plan = Of(Some.Watch(), ["1", "2", "3", "4", "5"], submitted: ["1", "2", "3", "4"]);

        plan.Due.Should().BeEmpty();
    }

    [Fact]
    public void Each_list_has_a_limit_of_its_own()
    {
        var plan = Of(Some.Watch("'glob':['*.a','*.b'],'jobs':[{'pool':'x','args':['x']}]"), ["1.a", "2.a", "3.a", "1.b"]);

        plan.Due.Select(work => work.FileName).Should().Equal("3.a", "2.a", "1.b");
    }

    [Fact]
    public void Work_that_cannot_be_submitted_does_not_count()
    {
        var plan = Of(Some.Watch(), ["1", "2", "3"], submitted: ["3"], isIdle: key => key.FileName is "3");

        plan.Due.Select(work => work.FileName).Should().Equal("2", "1");
    }

    private static Plan Of(WatchSettings watch, string[] names, string[]? submitted = null, Predicate<WorkKey>? isIdle = null)
    {
        var inFlight = (submitted ?? []).Select(name => new WorkKey(0, name)).ToHashSet();
        var limit = new JobLimit(
            Most, isIdle ?? (_ => false), (_, list) => inFlight.Count(key => FileFilter.ListOf(watch, key.FileName) == list));
        var folder = new FolderSnapshot([.. names.Select(name => new WatchedFile(name))], new StatusTable());
        return Planner.Of(watch, folder, inFlight, Scene.Now, limit: limit);
    }
}
