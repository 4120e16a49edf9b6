using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

public sealed class SetAsideWorkTests
{
    private static readonly WorkKey Key = new(0, "a");
    private static readonly WorkKey Other = new(0, "b");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Work_that_cannot_be_submitted_waits_for_a_read_of_the_folder_which_once_has_not(bool isOnce)
    {
        var aside = new SetAsideWork(isOnce);
        aside.Add(Key);

        aside.IsRefused(Key).Should().BeTrue();
        aside.Retry();

        aside.IsRefused(Key).Should().Be(isOnce);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_with_once_is_work_set_aside_that_has_failed(bool isOnce)
    {
        var aside = new SetAsideWork(isOnce);

        aside.AddFailure(Key);

        aside.HasFailed(Key).Should().Be(isOnce);
        aside.IsRefused(Key).Should().BeFalse();
        aside.With(new HashSet<WorkKey>()).Should().BeEmpty("it may be moved, or have a next step");
    }

    [Fact]
    public void A_person_can_release_work()
    {
        var aside = new SetAsideWork(isOnce: true);
        aside.Add(Key);
        aside.AddFailure(Key);

        aside.Release(Key);

        (aside.IsRefused(Key), aside.HasFailed(Key)).Should().Be((false, false));
    }

    [Fact]
    public void Refused_work_is_added_to_other_work()
    {
        var aside = new SetAsideWork(isOnce: false);
        var submitted = new HashSet<WorkKey> { Other };

        aside.With(submitted).Should().BeSameAs(submitted, "a large set is not copied without need");
        aside.Add(Key);

        aside.With(submitted).Should().BeEquivalentTo([Key, Other]);
        submitted.Should().ContainSingle();
    }
}
