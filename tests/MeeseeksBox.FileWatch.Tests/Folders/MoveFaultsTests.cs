using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The moves that fail, in the status of a watch (docs/WATCH.md#status-and-again).</summary>
public sealed class MoveFaultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_move_that_fails_is_a_fault_while_its_file_is_there()
    {
        var log = new LinesLog();
        var path = _folder.Folder("in");
        var file = _folder.Write("in/a", "x");
        var target = _folder.Write("target", "not a folder");
        var settings = Some.Watch() with { Path = path, DoneTo = target };
        using var inotify = new Inotify(log.Logger);
        var faults = new IoFaultReporter(path, log.Logger);
        var folder = new WatchedFolder(settings, inotify, () => { }, faults, isOnce: false, TimeProvider.System, log.Logger);
        _ = folder.Refresh();
        var moves = new MoveRunner(path, folder, TimeProvider.System, log.Logger);
        var plan = new Plan();
        plan.Moves.Add(new FileMove(["a"], target));

        moves.Move(settings, plan).Should().Be(1);
        moves.Faults.Should().ContainSingle().Which.Should().StartWith($"cannot move files to {target}: ");
        File.Delete(file);
        folder.ReadAgain();
        _ = folder.Refresh();

        moves.Faults.Should().BeEmpty();
        folder.Unsubscribe();
    }

    public void Dispose() => _folder.Dispose();
}
