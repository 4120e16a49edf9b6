using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

/// <summary>Where a result belongs whose folder may have moved (docs/WATCH.md#which-folder-and-which-file).</summary>
public sealed class ResultPlaceTests
{
    [Theory]
    [InlineData("a", "")]
    [InlineData("sub/a", "sub")]
    public void A_result_belongs_to_its_file(string file, string folder)
    {
        foreach (var areElsewhere in new[] { false, true })
            Of(file, folder, areElsewhere).Should().Be((file, true, null));
    }

    [Fact]
    public void A_result_beside_its_file_goes_with_the_folder()
    {
        Of("sub/a", "else/where").Should().Be(("else/where/a", true, null));
    }

    [Fact]
    public void A_result_elsewhere_stays_and_has_lost_a_sub_folder_that_moved()
    {
        Of("sub/a", "other", areElsewhere: true).Should().Be(("sub/a", false, "has moved"));
        Of("sub/a", null, areElsewhere: true).Should().Be(("sub/a", false, "has moved"));
    }

    [Fact]
    public void A_result_belongs_to_the_former_folder_when_another_one_is_in_its_place()
    {
        Of("sub/a", null).Should().Be(("sub/a", false, null));
        Of("a", null).Should().Be(("a", false, null));
        Of("a", null, areElsewhere: true).Should().Be(("a", false, null), "the watched folder has its status files under its path");
    }

    [Theory]
    [InlineData("a")]
    [InlineData("sub/a")]
    public void A_result_belongs_nowhere_when_its_folder_was_deleted(string file)
    {
        foreach (var areElsewhere in new[] { false, true })
            Of(file, null, areElsewhere, isDeleted: true).Should().Be((file, false, "was deleted"));
    }

    private static (string? File, bool IsPresent, string? Loss) Of(
        string file, string? folder, bool areElsewhere = false, bool isDeleted = false)
    {
        var work = new WorkItem { Template = Some.Watch().Jobs[0].For(0)!, Index = 0, FileName = file };
        var place = ResultPlace.Of(work, folder, isDeleted, areElsewhere);
        return (place.Work.FileName, place.IsPresent, place.Loss);
    }
}
