using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>Jobs that a watch has under former names are found by their ids (docs/SPECIFICATION.md#renamed-watches).</summary>
public sealed class FormerWorkTests
{
    [Fact]
    public void A_slash_at_the_end_of_the_path_changes_no_file_and_no_id()
    {
        var slash = Some.Watch("'path':'/data/'");

        slash.Path.Should().Be("/data");
        Submission(slash).FirstId.Should().Be(Submission(Some.Watch()).FirstId);
        Submission(slash).Spec()["args"]!.ToJsonString().Should().Contain("\"/data/a\"");
        Some.Watch("'path':'/'").Path.Should().Be("/");
    }

    // As version 0.1.0 made it.
    [Fact]
    public void An_id_of_the_path_with_a_slash_is_a_former_one()
    {
        var former = Submission(Some.Watch("'path':'/data/'")).Formers.Should().ContainSingle().Which;

        former.IdOf(0).Should().Be(WorkId.Of("host", Some.Watch() with { Path = "/data/" }, Work, null, 0));
        Submission(Some.Watch()).Formers.Should().BeEmpty();
    }

    // As version 0.1.0 made it.
    [Fact]
    public void An_id_of_the_first_file_of_a_set_is_a_former_one()
    {
        var watch = Some.Watch("'glob':['*.foo','*.bar'],'split':'.','fileset':1");
        var work = Work with { FileName = "a.x.foo", Files = ["a.x.foo", "a.bar"], SetKey = "a" };

        var former = SubmissionFactory.Create("host", watch, work).Value!.Formers.Should().ContainSingle().Which;

        former.IdOf(0).Should().Be(WorkId.Of("host", watch, work with { SetKey = null }, null, 0)).And.StartWith("w.0.a.x.foo.");
        Submission(watch).Formers.Should().BeEmpty("a single file has no other id");
    }

    [Fact]
    public void A_former_name_has_former_ids_and_a_former_tag()
    {
        var former = Submission(Some.Watch("'was':['v','u']")).Formers;

        former.Select(one => one.Tag).Should().Equal("watch=host/v", "watch=host/u");
        former[0].IdOf(2).Should().Be(WorkId.Of("host", Some.Watch() with { Name = "v" }, Work, null, 2));
    }

    [Fact]
    public void An_id_of_a_jobspec_is_filled_with_the_former_name()
    {
        var watch = Some.Watch("'was':'v','jobs':[{'pool':'p','args':['x'],'id':'%(name)s-%(filename)s'}]");

        Submission(watch).FirstId.Should().Be("w-a");
        Submission(watch).Formers.Single().IdOf(0).Should().Be("v-a");
    }

    [Theory]
    [InlineData("'v':{W},'w':{W,'was':'v'}", "was: there is a watch 'v'")]
    [InlineData("'a_1':{W},'w':{W,'was':'a'}", "could be taken for those of 'a'")]
    [InlineData("'a':{'path':'/data/',J},'a_1':{'path':'/data',J}", "could be taken for those of 'a'")]
    public void Names_whose_accounts_cannot_be_told_apart_are_errors(string watches, string problem)
    {
        var jobs = $"'glob':'*','jobs':[{Some.Job}]";
        var text = watches.Replace("W", $"'path':'/data',{jobs}").Replace("J", jobs).Replace('\'', '"');

        var result = WatcherConfigurationReader.Read([$"watch={{{text}}}"]);

        string.Join('\n', result.Problems).Should().Contain(problem);
    }

    private static WorkItem Work => new() { Template = Some.Watch().Jobs[0].For(0)!, Index = 0, FileName = "a", Files = ["a"] };

    private static Submission Submission(FileWatch.Settings.WatchSettings watch) =>
        SubmissionFactory.Create("host", watch, Work with { Template = watch.Jobs[0].For(0)! }).Value!;
}
