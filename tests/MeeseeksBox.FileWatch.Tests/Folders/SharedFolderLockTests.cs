using System.Runtime.InteropServices;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The lock of a folder in which other users work, too (docs/SPECIFICATION.md#folder-lock).</summary>
public sealed partial class SharedFolderLockTests : IDisposable
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
    public void A_lock_in_a_file_of_another_user_is_seen()
    {
        _ = New().Try(Owner);
        OfOtherUser(() =>
        {
            var second = New();
            second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Busy);
            second.Other.Should().Be(Owner);
        });
    }

    [Fact]
    public void A_file_of_another_user_without_a_lock_is_replaced()
    {
        _folder.Write("._in_0_.lock", "left\n");
        OfOtherUser(() => New().Try(Owner).Should().Be(LockResult.Held));

        New().Try(Owner).Should().Be(LockResult.Busy);
    }

    [Fact]
    public void A_file_of_another_user_that_cannot_be_read_or_replaced_is_said_with_what_to_do()
    {
        _folder.Write("._in_0_.lock", "left\n");
        File.SetUnixFileMode(FilePath, UnixFileMode.None);
        OfOtherUser(() =>
        {
            var one = New();
            one.Try(Owner).Should().Be(LockResult.Impossible);
            one.Problem.Should().Contain("remove it when no meeseeks-watch of that one runs");
        });
    }

    [Fact]
    public void A_lock_for_reading_which_anybody_can_have_keeps_no_watcher_out()
    {
        _folder.Write("._in_0_.lock", "left\n");
        using var stranger = File.OpenHandle(FilePath);
        LockForReading(stranger);

        New().Try(Owner).Should().Be(LockResult.Held);

        New().Try(Owner).Should().Be(LockResult.Busy);
    }

    private FolderLock New()
    {
        var one = new FolderLock(HeldFolder.TryOpen(_folder.Path)!, null, "in");
        _locks.Add(one);
        return one;
    }

    // Root may write each file. The other user of the file system is that of a thread (setfsuid(2)), which ends with it.
    private void OfOtherUser(Action action)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            if (File.GetUnixFileMode(FilePath) is not UnixFileMode.None)
                File.SetUnixFileMode(FilePath, UnixFileMode.UserRead);
            action();
            return;
        }

        const UnixFileMode all = (UnixFileMode)0x1ff;
        File.SetUnixFileMode(_folder.Path, all);
        Exception? problem = null;
        var thread = new Thread(() =>
        {
            _ = SetUserOfFiles(65534);
            problem = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        problem.Should().BeNull();
    }

    private static unsafe void LockForReading(SafeFileHandle file)
    {
        // struct flock: the type 0 is a lock for reading, and the length 0 is the whole file.
        var area = stackalloc byte[32];
        new Span<byte>(area, 32).Clear();
        Control((int)file.DangerousGetHandle(), 37, area).Should().Be(0);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUserOfFiles(uint user);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static unsafe partial int Control(int descriptor, int command, byte* argument);
}
