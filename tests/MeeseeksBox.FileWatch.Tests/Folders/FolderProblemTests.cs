using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Configuration;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Paths that cannot be watched (docs/SPECIFICATION.md#watch-command).</summary>
public sealed class FolderProblemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_without_a_folder_has_its_reason()
    {
        File.WriteAllText(_folder.File("file"), "");
        _ = File.CreateSymbolicLink(_folder.File("link"), "nowhere");

        FolderProblem.Of(_folder.Path).Should().BeNull();
        FolderProblem.Of(_folder.File("none")).Should().Be("there is no such folder");
        FolderProblem.Of(_folder.File("file")).Should().Be("it is a file, and path names a folder");
        FolderProblem.Of(_folder.File("link")).Should().Be("it is a link to a folder that does not exist");
    }

    [Fact]
    public void The_dry_run_says_the_reason()
    {
        File.WriteAllText(_folder.File("file"), "");
        var config = new WatcherConfig { Watches = [Some.Watch() with { Path = _folder.File("file") }] };

        var plan = new WatchAgent.DryRun(config, TimeProvider.System);

        plan.Lines().Should().Equal($"w: cannot read the folder {_folder.File("file")}: it is a file, and path names a folder");
        plan.HasFailed.Should().BeTrue();
    }
}
