using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>
/// Hidden files are deleted when associated files are deleted, unless <c>cleanup=0</c> (docs/SPECIFICATION.md#status-cleanup).
/// </summary>
public sealed class StatusCleanupTests
{
    [Fact]
    public void Status_files_of_a_file_that_is_gone_may_go()
    {
        new Scene("").With("here").WithStatus(0, "here", StatusState.Done).WithStatus(0, "gone", StatusState.Done).WithStatus(1, "gone", StatusState.Failed).WithStatus(0, "gone", StatusState.Mtime)
            .Orphans().Should().BeEquivalentTo("0:gone:Done", "0:gone:Mtime", "1:gone:Failed");
    }

    [Fact]
    public void With_cleanup_0_they_stay()
    {
        new Scene("'cleanup':0").WithStatus(0, "gone", StatusState.Done).Orphans().Should().BeEmpty();
    }

    [Fact]
    public void While_its_job_is_in_flight_nothing_is_removed()
    {
        new Scene("").WithStatus(0, "gone", StatusState.Failed).WithInFlight(0, "gone").Orphans().Should().BeEmpty();
    }

    [Fact]
    public void What_may_belong_to_a_watch_of_another_process_stays_while_its_file_is_there()
    {
        // ._w_1_0_f.done may be of a watch w_1, whose file is f.
        new Scene("").With("f").WithStatus(1, "0_f", StatusState.Done).Orphans().Should().BeEmpty();
        new Scene("").With("g").WithStatus(1, "0_f", StatusState.Done).Orphans().Should().Equal("1:0_f:Done");
    }

    [Fact]
    public void A_file_that_no_glob_matches_any_more_is_still_there()
    {
        new Scene("'glob':'*.foo'").With("a.bar").WithStatus(0, "a.bar", StatusState.Done).Orphans().Should().BeEmpty();
    }
}
