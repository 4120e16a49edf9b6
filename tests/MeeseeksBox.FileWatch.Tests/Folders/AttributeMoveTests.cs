using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>A file that done_to or failed_to moves leaves its results behind (docs/WATCH.md#results-in-attributes).</summary>
public sealed class AttributeMoveTests : IDisposable
{
    private readonly AttributeFolder _folder = new();
    private readonly string _memory = Directory.CreateDirectory($"/dev/shm/move-{Guid.NewGuid():N}").FullName;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_memory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_failure_stays_as_a_text_and_is_no_result_there(bool isOtherFileSystem)
    {
        Assert.SkipUnless(!isOtherFileSystem || ExtendedAttributes.AreSupported(_memory), "/dev/shm has no attributes of users");
        var target = isOtherFileSystem ? Path.Join(_memory, "out") : _folder.At("out");
        _ = _folder.Write("a", "text");
        _folder.Set("a", "user.w_0.done", "");
        _folder.Set("a", "user.w_0.mtime", "1\n");
        _folder.Set("a", "user.w_1.failed", "why");
        _folder.Set("a", "user.other_0.done", "");
        var index = _folder.Index(Some.Jobs(2));

        Mover.Move(index.Status, new FileMove(["a"], target))!.Moved.Should().Equal("a");

        index.Status.All.Should().BeEmpty();
        _folder.Names.Where(name => name != "out").Should().BeEmpty();
        Directory.GetFileSystemEntries(target).Select(Path.GetFileName).Should().Equal("a");
        var moved = Path.Join(target, "a");
        ExtendedAttributes.NamesOf(moved, "user.w_"u8).Should().Equal("user.w_1.failure");
        ExtendedAttributes.ValueOf(moved, "user.w_1.failure").Should().Equal("why"u8.ToArray());
        ExtendedAttributes.NamesOf(moved, "user.other"u8).Count.Should().Be(isOtherFileSystem ? 0 : 1);
    }

    [Fact]
    public void After_a_crash_between_the_move_and_its_end_the_next_start_removes_the_results_from_the_moved_file()
    {
        var target = _folder.Folder("out");
        _ = _folder.Write("a");
        _folder.Set("a", "user.w_0.done", "");
        var facts = FileKind.FactsOf(_folder.At("a"), isFollowed: false)!.Value;
        var moved = new MovedFile("a", facts) { Target = "a", Staged = facts };
        _folder.Account("'done_to':'out'").WriteMove(new StatusTable(), new MoveAccount(target, [moved]) { Key = new WorkKey(0, "a") });
        File.Move(_folder.At("a"), Path.Join(target, "a"));

        Mover.Resume(_folder.Index(Some.Jobs(2)).Status);

        ExtendedAttributes.NamesOf(Path.Join(target, "a"), "user."u8).Should().BeEmpty();
        _folder.Names.Should().Equal("out");
    }

    [Fact]
    public void Another_file_that_is_at_the_target_meanwhile_keeps_its_attributes()
    {
        var target = _folder.Folder("out");
        _ = _folder.Write("a");
        var facts = FileKind.FactsOf(_folder.At("a"), isFollowed: false)!.Value;
        var moved = new MovedFile("a", facts) { Target = "a", Staged = facts };
        _folder.Account("'done_to':'out'").WriteMove(new StatusTable(), new MoveAccount(target, [moved]) { Key = new WorkKey(0, "a") });
        File.Delete(_folder.At("a"));
        _ = _folder.Write("out/a", "another");
        _folder.Set("out/a", "user.w_0.done", "");

        Mover.Resume(_folder.Index(Some.Jobs(2)).Status);

        _folder.AttributesOf("out/a").Should().Equal("user.w_0.done");
    }

    private FileMover Mover => new(_folder.Settings(Some.Jobs(2)), () => _folder.Path, new LinesLog().Logger);
}
