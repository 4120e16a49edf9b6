using MeeseeksBox.Agent.State;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>The pace of the checkpoints (docs/SPECIFICATION.md#state-file).</summary>
public sealed class LastCheckpointTests
{
    private const long Large = 400 * 1024 * 1024;

    [Theory]
    [InlineData(LastCheckpoint.Small, 5, 0, 0L, true)]
    [InlineData(Large, 5, 49, Large, false)]
    [InlineData(Large, 5, 50, Large, true)]
    [InlineData(Large, 5, 1000, (Large / 4) - 1, false)]
    [InlineData(Large, 5, 50, Large / 4, true)]
    [InlineData(Large, 5, 49, null, false)]
    [InlineData(Large, 5, 50, null, true)]
    [InlineData(0, 0, 0, 0L, true)]
    public void A_large_file_is_written_again_when_time_and_journal_are_worth_it(
        long length, int seconds, int since, long? journal, bool isAllowed) =>
        new LastCheckpoint(length, TimeSpan.FromSeconds(seconds)).AllowsNext(TimeSpan.FromSeconds(since), journal)
            .Should().Be(isAllowed);

    [Fact]
    public void The_journal_knows_its_length_since_the_last_rotation()
    {
        using var folder = new TemporaryFolder();
        using var files = new JournalFiles(folder.File("state"), DiskFlush.Real);
        files.Length.Should().Be(0);

        files.Append("abc\n"u8);
        files.Append("de\n"u8);
        files.Length.Should().Be(7);

        files.Rotate();
        files.Length.Should().Be(0);

        files.Append("f\n"u8);
        files.Length.Should().Be(2);
    }
}
