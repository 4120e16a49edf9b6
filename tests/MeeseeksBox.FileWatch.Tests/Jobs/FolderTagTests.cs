using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.WatchAgent.Jobs;

namespace MeeseeksBox.FileWatch.Tests.Jobs;

/// <summary>A job tells for which folder it is, also after a restart (docs/SPECIFICATION.md#folder-and-file-identity).</summary>
public sealed class FolderTagTests
{
    [Theory]
    [InlineData("watch.folder=1a", false)]
    [InlineData("watch.folder=1b", true)]
    [InlineData("watch=w/in", false)]
    [InlineData("", false)]
    public void Only_a_job_with_another_folder_is_of_another_one(string tag, bool isOther)
    {
        var job = new Job { Id = "a", Status = new(), Spec = new() { Tags = ["watch.recorded", tag] } };

        JobTags.IsOfOther(job, JobTags.OfFolder(new FileId(1, 2, 0x1a))).Should().Be(isOther);
    }

    // Of NFS and FUSE: the number of such a folder may change.
    [Fact]
    public void A_folder_without_a_time_of_birth_has_no_tag_and_each_job_is_for_it()
    {
        JobTags.OfFolder(new FileId(1, 2, 0)).Should().BeNull();
        var job = new Job { Id = "a", Status = new(), Spec = new() { Tags = ["watch.folder=1b"] } };

        JobTags.IsOfOther(job, null).Should().BeFalse();
    }

    [Fact]
    public void Its_device_and_number_do_not_count()
    {
        JobTags.OfFolder(new FileId(1, 2, 7)).Should().Be(JobTags.OfFolder(new FileId(3, 4, 7)));
    }

    [Fact]
    public void A_submission_has_the_tags_of_its_jobspec_its_watch_and_its_folder()
    {
        var watch = Some.Watch("'jobs':[{'pool':'p','args':['x'],'tags':['mine']}]");
        var work = new FileWatch.Jobs.WorkItem { Template = watch.Jobs[0].For(0)!, Index = 0, FileName = "a", Files = ["a"] };

        SubmissionFactory.Create("host", watch, work, "watch.folder=1a").Value!.Spec()["tags"]!.ToJsonString()
            .Should().Be("""["mine","watch=host/w","watch.folder=1a"]""");
    }
}
