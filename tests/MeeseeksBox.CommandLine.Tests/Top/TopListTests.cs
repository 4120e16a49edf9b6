using MeeseeksBox.Client;
using MeeseeksBox.CommandLine.Top;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Tests.Top;

/// <summary>The filter, order and selection of jobs on the live screen.</summary>
public sealed class TopListTests
{
    [Theory]
    [InlineData(TopOrder.State, "early late dying first second bad ok")]
    [InlineData(TopOrder.Newest, "second first dying early late bad ok")]
    [InlineData(TopOrder.Node, "first second late dying bad ok early")]
    internal void Jobs_are_sorted(TopOrder order, string expected)
    {
        var list = new TopList(Some.Model());

        _ = list.Follow(new TopChoices { Order = order });

        string.Join(' ', list.Jobs.Select(job => job.Id)).Should().Be(expected);
    }

    [Theory]
    [InlineData("", "early late dying first second bad ok")]
    [InlineData("SLEEP", "early late dying")]
    [InlineData("sleep pool=p", "late dying")]
    [InlineData("state=new,failed", "first second bad")]
    [InlineData("tag=night", "late")]
    [InlineData("tag=n*", "late")]
    [InlineData("tag=nigh", "")]
    [InlineData("node=", "first second")]
    [InlineData("id=e*,ok", "early ok")]
    [InlineData("luck", "bad")]
    [InlineData("colour=red", "")]
    public void A_filter_selects_jobs(string filter, string expected)
    {
        var list = new TopList(Some.Model());

        _ = list.Follow(new TopChoices { Filter = filter });

        string.Join(' ', list.Jobs.Select(job => job.Id)).Should().Be(expected);
    }

    [Fact]
    public void A_killed_job_is_live_until_its_processes_are_gone()
    {
        var list = new TopList(Some.Model());

        _ = list.Follow(new TopChoices { ShowsEnded = false });

        list.Jobs.Select(job => job.Id).Should().Equal("early", "late", "dying", "first", "second");
    }

    [Fact]
    public void The_selection_follows_its_job_and_moves_on_when_the_job_disappears()
    {
        var model = Some.Model();
        var list = new TopList(model);
        var choices = list.Select(list.Follow(new TopChoices()), 3);
        choices.Selected.Should().Be("first");

        model.Take(new JobUpdate([Some.Jobs[6] with
        {
            Status = Some.Jobs[6].Status with { State = JobState.Done, Rc = 0 },
            Ts = 1000,
        }], IsSnapshot: false));
        choices = list.Follow(choices);
        (choices.Selected, choices.Index).Should().Be(("first", 4));

        choices = list.Follow(choices with { ShowsEnded = false });
        (choices.Selected, choices.Index).Should().Be(("second", 3));
    }

    [Fact]
    public void An_empty_list_has_no_selection()
    {
        var list = new TopList(Some.Model());

        var choices = list.Follow(list.Follow(new TopChoices()) with { Filter = "nobody" });

        choices.Selected.Should().BeNull();
        list.Follow(choices with { Filter = "" }).Selected.Should().Be("early");
    }

    [Fact]
    public void A_job_that_the_box_has_removed_disappears_unless_it_has_changed_since()
    {
        var model = Some.Model();
        var ended = model.Ended();
        model.Take(new JobUpdate([Some.Jobs[0] with
        {
            Status = Some.Jobs[0].Status with { State = JobState.Running },
            Ts = 1001,
        }], IsSnapshot: false));

        model.Forget(ended, new HashSet<string>());

        ended.Select(job => job.Id).Should().BeEquivalentTo("ok", "bad");
        model.Jobs.Keys.Should().BeEquivalentTo("ok", "late", "early", "dying", "first", "second");
        model.Count(JobState.Failed).Should().Be(0);
        model.Count(JobState.Running).Should().Be(3);
    }
}
