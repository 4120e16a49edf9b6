using System.Runtime.InteropServices;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>One watcher at a time serves a folder for a watch (docs/SPECIFICATION.md#folder-lock).</summary>
public sealed partial class FolderLockTests : IDisposable
{
    private static readonly LockOwner Owner = LockFolder.Owner;

    private readonly LockFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_one_waits_and_knows_the_first_until_that_ends()
    {
        var (first, second) = (_folder.New(), _folder.New());
        first.Try(Owner).Should().Be(LockResult.Held);
        second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Busy);
        second.Other.Should().Be(Owner);

        first.Dispose();

        second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Held);
        LockOwner.Parse(File.ReadAllBytes(_folder.LockPath)).Should().Be(Owner with { Pid = 8 });
    }

    [Fact]
    public void Its_file_is_for_others_to_read_once_it_is_locked_and_is_removed_at_the_end()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var atLock = UnixFileMode.None;
        var one = _folder.New(set: descriptor =>
        {
            atLock = File.GetUnixFileMode(_folder.LockPath);
            return ByteLock.Set(descriptor);
        });

        one.Try(Owner).Should().Be(LockResult.Held);

        atLock.Should().Be(owner);
        File.GetUnixFileMode(_folder.LockPath).Should().Be(owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.ReadAllText(_folder.LockPath).Should().Be(
            """{"host":"host","pid":7,"watcher":"w","since":"1970-01-01T00:00:00+00:00","depth":0}""" + "\n");

        one.Dispose();

        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_a_crash_has_left_is_no_lock()
    {
        File.WriteAllText(_folder.LockPath, "a longer text of an owner that is no more and left it behind, for whatever reason\n");

        _folder.New().Try(Owner).Should().Be(LockResult.Held);

        LockOwner.Parse(File.ReadAllBytes(_folder.LockPath)).Should().Be(Owner);
    }

    [Fact]
    public void A_lock_whose_file_was_removed_keeps_nobody_out_and_removes_no_file_of_another_one()
    {
        var (first, second) = (_folder.New(), _folder.New());
        _ = first.Try(Owner);
        File.Delete(_folder.LockPath);
        second.Try(Owner).Should().Be(LockResult.Held);

        first.Dispose();

        File.Exists(_folder.LockPath).Should().BeTrue();
        _folder.New().Try(Owner).Should().Be(LockResult.Busy);
    }

    [Fact]
    public void A_lock_whose_file_was_removed_is_made_again()
    {
        var (first, second) = (_folder.New(), _folder.New());
        _ = first.Try(Owner);
        File.Delete(_folder.LockPath);
        first.IsInPlace.Should().BeFalse();

        first.Try(Owner).Should().Be(LockResult.Held);

        first.IsInPlace.Should().BeTrue();
        second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Busy);
    }

    [Fact]
    public void A_lock_whose_file_was_replaced_by_another_watcher_is_lost()
    {
        var (first, second) = (_folder.New(), _folder.New());
        _ = first.Try(Owner);
        File.Delete(_folder.LockPath);
        _ = second.Try(Owner with { Pid = 8 });

        first.Try(Owner).Should().Be(LockResult.Busy);

        first.IsHeld.Should().BeFalse();
        first.Other.Should().Be(Owner with { Pid = 8 });
    }

    [Theory]
    [InlineData(37, true)]
    [InlineData(5, true)]
    [InlineData(4, false)]
    public void A_failure_of_the_system_leaves_the_file_to_a_watcher_that_may_have_it(int error, bool isImpossible)
    {
        var (first, second) = (_folder.New(), _folder.New(set: _ => error));
        _ = first.Try(Owner);

        second.Try(Owner with { Pid = 8 }).Should().Be(isImpossible ? LockResult.Impossible : LockResult.Busy);

        first.IsInPlace.Should().BeTrue();
        _folder.New().Try(Owner).Should().Be(LockResult.Busy);
    }

    [Fact]
    public void An_interrupted_attempt_is_made_again()
    {
        var count = 0;
        var one = _folder.New(set: descriptor => count++ == 0 ? 4 : ByteLock.Set(descriptor));

        one.Try(Owner).Should().Be(LockResult.Held);
    }

    [Fact]
    public void A_file_with_another_name_is_not_written_and_is_said_with_what_to_do()
    {
        _folder.Write("precious", "text");
        CreateHardLink(_folder.LockPath, _folder.File("precious"));
        var one = _folder.New();

        one.Try(Owner).Should().Be(LockResult.Impossible);

        one.Problem.Should().Contain("remove it");
        File.ReadAllText(_folder.File("precious")).Should().Be("text");
    }

    [Fact]
    public void Watches_with_other_names_do_not_wait()
    {
        _ = _folder.New().Try(Owner);

        _folder.New("out").Try(Owner).Should().Be(LockResult.Held);
    }

    [Fact]
    public void Many_at_once_never_hold_it_together()
    {
        var holders = 0;
        Parallel.For(0, 8, _ =>
        {
            for (var round = 0; round < 50;)
            {
                using var one = new FolderLock(HeldFolder.TryOpen(_folder.Path)!, null, "in");
                if (one.Try(Owner) is not LockResult.Held)
                    continue;
                Interlocked.Increment(ref holders).Should().Be(1);
                _ = Interlocked.Decrement(ref holders);
                round++;
            }
        });
    }

    [Fact]
    public void A_link_at_its_name_is_not_followed()
    {
        _folder.Write("precious", "text");
        File.CreateSymbolicLink(_folder.LockPath, _folder.File("precious"));
        _folder.New().Try(Owner).Should().Be(LockResult.Impossible);
        File.Delete(_folder.LockPath);
        File.CreateSymbolicLink(_folder.LockPath, _folder.File("nosuch"));
        _folder.New().Try(Owner).Should().Be(LockResult.Impossible);

        File.ReadAllText(_folder.File("precious")).Should().Be("text");
        File.Exists(_folder.File("nosuch")).Should().BeFalse();
    }

    [Theory]
    [InlineData("sub", 1, true)]
    [InlineData("sub", 0, false)]
    [InlineData("sub/deep", 1, false)]
    [InlineData("sub/deep", 2, true)]
    [InlineData(".hidden/deep", 2, false)]
    public void A_watcher_of_a_folder_above_is_found_when_it_watches_the_folder(string path, int depth, bool isFound)
    {
        var below = _folder.New(subfolder: path);
        var above = _folder.New();
        _ = above.Try(Owner with { Depth = depth });

        below.FindAbove("in").Should().Be(isFound ? Owner with { Depth = depth } : null);
        below.FindAbove("out").Should().BeNull();
        above.FindAbove("in").Should().BeNull();
        above.Dispose();

        below.FindAbove("in").Should().BeNull();
    }

    [Fact]
    public void The_own_lock_is_no_other_watcher()
    {
        _ = _folder.New().Try(LockOwner.OfThisProcess("w", 0, TimeProvider.System));

        FolderLock.Find(_folder.Path, "in").Should().BeNull();
    }

    [Fact]
    public void A_missing_folder_of_status_files_is_not_writable()
    {
        var one = _folder.New(statusPath: _folder.File("nosuch"));

        one.Try(Owner).Should().Be(LockResult.NotWritable);
    }

    [Fact]
    public void Its_name_is_no_status_file_and_has_the_parts_that_the_original_needs()
    {
        var names = new StatusName("in");

        names.TryParse(names.Lock, out _, out _).Should().BeFalse();
        names.IsTemporary(names.Lock).Should().BeFalse();
        names.Lock.Split('_').Should().HaveCount(4);
    }

    private static void CreateHardLink(string path, string target) => Link(target, path).Should().Be(0);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
