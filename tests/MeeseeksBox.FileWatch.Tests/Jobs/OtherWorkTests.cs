using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>A job tells for which work it is, also after a restart (docs/SPECIFICATION.md#folder-and-file-identity).</summary>
public sealed class OtherWorkTests
{
    private static readonly FileId Folder = new(1, 2, 0x1a);

    private static readonly WorkItem Work = new() { Template = Some.Watch().Jobs[0].For(0)!, Index = 0, FileName = "a.x", Files = ["a.x"] };

    [Fact]
    public void A_derived_id_is_that_of_one_folder()
    {
        var ids = new FileId?[] { Folder, Folder with { BirthTime = 0x1b }, null }.Select(folder => Of(Work, folder).FirstId);

        ids.Should().OnlyHaveUniqueItems();
        Of(Work, Folder).WorkTag.Should().BeNull();
    }

    [Fact]
    public void The_device_and_number_of_a_folder_do_not_count()
    {
        Of(Work, new FileId(3, 4, 0x1a)).FirstId.Should().Be(Of(Work, Folder).FirstId);
    }

    // Of NFS and FUSE: the number of such a folder may change.
    [Fact]
    public void A_folder_without_a_time_of_birth_counts_as_unchanged()
    {
        Of(Work, Folder with { BirthTime = 0 }).FirstId.Should().Be(Of(Work, null).FirstId);
    }

    // As version 0.1.0 made it.
    [Fact]
    public void An_id_without_a_folder_is_a_former_one()
    {
        Of(Work, Folder).Formers.Should().ContainSingle().Which.IdOf(1).Should().Be(WorkId.Of("host", Some.Watch(), Work, null, 1));
    }

    [Fact]
    public void A_job_with_an_id_of_its_jobspec_has_a_tag_of_its_work()
    {
        var submission = OfId(Work, Folder);

        submission.FirstId.Should().Be("x");
        submission.WorkTag.Should().StartWith("watch.work=");
        submission.Spec()["tags"]!.ToJsonString().Should().Be($"""["mine","watch=host/w","{submission.WorkTag}"]""");
    }

    [Fact]
    public void That_tag_differs_by_folder_file_step_list_and_time_and_not_by_the_name_of_the_watch()
    {
        string?[] tags =
        [
            OfId(Work, Folder).WorkTag,
            OfId(Work, Folder with { BirthTime = 0x1b }).WorkTag,
            OfId(Work, null).WorkTag,
            OfId(Work with { FileName = "b.x" }, Folder).WorkTag,
            OfId(Work with { Index = 1 }, Folder).WorkTag,
            OfId(Work with { List = 1 }, Folder).WorkTag,
            OfId(Work with { Mtime = 1 }, Folder).WorkTag,
        ];

        tags.Should().OnlyHaveUniqueItems();
        OfId(Work, Folder, "v").WorkTag.Should().Be(tags[0]);
    }

    [Theory]
    [InlineData("watch=host/in watch.work=1", false)]
    [InlineData("watch=host/in watch.work=2", true)]
    [InlineData("watch=host/in", false)]
    [InlineData("watch=host/former", false)]
    [InlineData("watch=other/in", false)]
    [InlineData("watch=host/out", true)]
    [InlineData("watch.work=1", true)]
    [InlineData("of-a-person", true)]
    public void Only_a_job_of_another_watch_or_person_or_with_another_work_is_for_other_work(string tags, bool isOther)
    {
        var job = new Job { Id = "a", Status = new(), Spec = new() { Tags = ["watch.recorded", .. tags.Split(' ')] } };

        JobTags.IsOfOther(job, "watch.work=1", ["in", "former"]).Should().Be(isOther);
        JobTags.IsOfOther(job, null, ["in"]).Should().BeFalse("its id tells");
    }

    [Fact]
    public void A_standing_job_is_known_by_its_id_wherever_it_is_in_the_list()
    {
        var read = WatcherConfigurationReader.Read(["""watch.s={"jobs":[{"pool":"p","args":["x"],"id":"mine"}]}"""]);
        var watch = read.Config!.Watches.Single();
        var work = new WorkItem { Template = watch.Jobs[0].For(0)!, Index = 0, List = 1 };

        SubmissionFactory.Create("host", watch, work).Value!.WorkTag.Should().BeNull();
    }

    [Fact]
    public void Two_works_with_one_id_have_attempts_of_their_own()
    {
        var submissions = new RunningSubmissions(new FakeTimeProvider());
        Submission[] works = [OfId(Work, Folder), OfId(Work with { FileName = "b.x" }, Folder), OfId(Work, null)];

        works.Select(submissions.Add).Should().Equal("x", "x~1", "x~2");
    }

    [Fact]
    public void The_work_that_ends_last_with_an_id_forgets_its_attempts()
    {
        var submissions = new RunningSubmissions(new FakeTimeProvider());
        var (first, second) = (OfId(Work, Folder), OfId(Work with { FileName = "b.x" }, Folder));
        second.BeginAt(1);
        submissions.NoteAttempt("x", 1);

        submissions.ForgetAttempts(first);
        submissions.LatestAttempt("x").Should().Be(1);

        submissions.ForgetAttempts(second);
        submissions.LatestAttempt("x").Should().Be(0);
    }

    [Fact]
    public void Live_jobs_for_another_version_of_a_file_are_known()
    {
        var submissions = new RunningSubmissions(new FakeTimeProvider());
        var (old, present) = (Of(Work with { Mtime = 1 }, Folder), Of(Work with { Mtime = 2 }, Folder));
        submissions.TakeWhole(
        [
            Job(old.IdOf(1), JobState.Running), Job(old.FirstId, JobState.Done), Job(present.FirstId, JobState.Running),
            Job(Of(Work with { FileName = "b.x" }, Folder).FirstId, JobState.Running),
        ]);

        submissions.OthersOf(present).Should().Equal(old.IdOf(1));
        old.BeginAt(1);
        _ = submissions.Add(old);
        submissions.OthersOf(present).Should().BeEmpty("its result is recorded");
    }

    private static Submission Of(WorkItem work, FileId? folder) => SubmissionFactory.Create("host", Some.Watch(), work, folder).Value!;

    private static Submission OfId(WorkItem work, FileId? folder, string watch = "w")
    {
        var settings = Some.Watch("'split':'.','jobs':[{'pool':'p','args':['x'],'id':'%(1)s','tags':['mine']}]") with { Name = watch };
        return SubmissionFactory.Create("host", settings, work with { Template = settings.Jobs[0].For(0)! }, folder).Value!;
    }

    private static Job Job(string id, JobState state) => new() { Id = id, Status = new() { State = state } };
}
