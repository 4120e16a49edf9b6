using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The lock file of a watcher (docs/SPECIFICATION.md#watch-lock).</summary>
public sealed class LockFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void One_at_a_time_holds_it()
    {
        using (LockFile.TryHold(_folder.File("lock")))
            LockFile.TryHold(_folder.File("lock")).Should().BeNull();

        using var next = LockFile.TryHold(_folder.File("lock"));
        next.Should().NotBeNull();
    }

    [Theory]
    [InlineData("none/lock", "its folder */none does not exist")]
    [InlineData("folder", "it is a folder")]
    [InlineData("file/lock", "*/file is not a folder")]
    public void The_reason_is_said_why_it_cannot_be_held(string name, string reason)
    {
        _ = _folder.Folder("folder");
        _ = _folder.Write("file", "");

        FluentActions.Invoking(() => LockFile.TryHold(_folder.File(name))).Should().Throw<IOException>()
            .WithMessage($"lock: cannot lock {_folder.File(name)}: {reason}");
    }

    public void Dispose() => _folder.Dispose();
}
