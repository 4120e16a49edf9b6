using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>The status files of removed files are deleted (docs/SPECIFICATION.md#status-cleanup).</summary>
public sealed class StatusCleanupTests
{
    [Fact]
    public void Status_files_of_a_removed_file_are_orphans()
    {
        new Scene("").With("here").WithStatus(0, "here", StatusState.Done)
            .WithStatus(0, "gone", StatusState.Done).WithStatus(1, "gone", StatusState.Failed).WithStatus(0, "gone", StatusState.Mtime)
            .Orphans().Should().BeEquivalentTo("0:gone:Done", "0:gone:Mtime", "1:gone:Failed");
    }

    [Fact]
    public void With_cleanup_0_there_are_no_orphans()
    {
        new Scene("'cleanup':0").WithStatus(0, "gone", StatusState.Done).Orphans().Should().BeEmpty();
    }

    [Fact]
    public void A_status_file_with_a_job_in_flight_is_no_orphan()
    {
        new Scene("").WithStatus(0, "gone", StatusState.Failed).WithInFlight(0, "gone").Orphans().Should().BeEmpty();
    }

    [Fact]
    public void A_status_file_that_may_belong_to_another_watch_is_kept_with_its_file()
    {
        // ._w_1_0_f.done may belong to the file f of a watch w_1.
        new Scene("").With("f").WithStatus(1, "0_f", StatusState.Done).Orphans().Should().BeEmpty();
        new Scene("").With("g").WithStatus(1, "0_f", StatusState.Done).Orphans().Should().Equal("1:0_f:Done");
    }

    [Fact]
    public void Status_files_of_an_unmatched_file_are_no_orphans()
    {
        new Scene("'glob':'*.foo'").With("a.bar").WithStatus(0, "a.bar", StatusState.Done).Orphans().Should().BeEmpty();
    }
}
