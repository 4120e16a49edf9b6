using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>One watcher at a time serves a folder for a watch (docs/SPECIFICATION.md#folder-lock).</summary>
public sealed class FolderLockTests : IDisposable
{
    private static readonly LockOwner Owner = new("host", 7, "w", DateTimeOffset.UnixEpoch);

    private readonly TemporaryFolder _folder = new();
    private readonly List<FolderLock> _locks = [];

    private string FilePath => _folder.File("._in_0_.lock");

    public void Dispose()
    {
        _locks.ForEach(one => one.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void A_second_one_waits_and_knows_the_first_until_that_ends()
    {
        var (first, second) = (New(), New());
        first.Try(Owner).Should().Be(LockResult.Held);
        second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Busy);
        second.Other.Should().Be(Owner);

        first.Dispose();

        second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Held);
        LockOwner.Parse(File.ReadAllBytes(FilePath)).Should().Be(Owner with { Pid = 8 });
    }

    [Fact]
    public void Its_file_is_readable_by_its_owner_only_and_is_removed_at_the_end()
    {
        var one = New();
        one.Try(Owner).Should().Be(LockResult.Held);
        File.GetUnixFileMode(FilePath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText(FilePath).Should().Be(
            """{"host":"host","pid":7,"watcher":"w","since":"1970-01-01T00:00:00+00:00"}""" + "\n");

        one.Dispose();

        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_a_crash_has_left_is_no_lock()
    {
        File.WriteAllText(FilePath, "a longer text of an owner that is no more and left it behind, for whatever reason\n");

        New().Try(Owner).Should().Be(LockResult.Held);

        LockOwner.Parse(File.ReadAllBytes(FilePath)).Should().Be(Owner);
    }

    [Fact]
    public void A_lock_whose_file_was_removed_keeps_nobody_out_and_removes_no_file_of_another_one()
    {
        var (first, second) = (New(), New());
        _ = first.Try(Owner);
        File.Delete(FilePath);
        second.Try(Owner).Should().Be(LockResult.Held);

        first.Dispose();

        File.Exists(FilePath).Should().BeTrue();
        New().Try(Owner).Should().Be(LockResult.Busy);
    }

    [Fact]
    public void Watches_with_other_names_do_not_wait()
    {
        _ = New().Try(Owner);

        New("out").Try(Owner).Should().Be(LockResult.Held);
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
        File.CreateSymbolicLink(FilePath, _folder.File("precious"));
        New().Try(Owner).Should().Be(LockResult.Impossible);
        File.Delete(FilePath);
        File.CreateSymbolicLink(FilePath, _folder.File("nosuch"));
        New().Try(Owner).Should().Be(LockResult.Impossible);

        File.ReadAllText(_folder.File("precious")).Should().Be("text");
        File.Exists(_folder.File("nosuch")).Should().BeFalse();
    }

    [Fact]
    public void A_missing_folder_of_status_files_is_not_writable()
    {
        var one = new FolderLock(HeldFolder.TryOpen(_folder.Path)!, _folder.File("nosuch"), "in");
        _locks.Add(one);

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

    private FolderLock New(string watch = "in")
    {
        var one = new FolderLock(HeldFolder.TryOpen(_folder.Path)!, null, watch);
        _locks.Add(one);
        return one;
    }
}
