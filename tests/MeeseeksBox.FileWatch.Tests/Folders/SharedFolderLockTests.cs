using System.Runtime.InteropServices;
using MeeseeksBox.WatchAgent.Folders;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The lock of a folder in which other users work, too (docs/SPECIFICATION.md#folder-lock).</summary>
public sealed partial class SharedFolderLockTests : IDisposable
{
    private static readonly LockOwner Owner = LockFolder.Owner;

    private readonly LockFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_lock_in_a_file_of_another_user_is_seen()
    {
        _ = _folder.New().Try(Owner);
        OfOtherUser(() =>
        {
            var second = _folder.New();
            second.Try(Owner with { Pid = 8 }).Should().Be(LockResult.Busy);
            second.Other.Should().Be(Owner);
        });
    }

    [Fact]
    public void A_file_of_another_user_without_a_lock_is_replaced()
    {
        _folder.Write("._in_0_.lock", "left\n");
        OfOtherUser(() => _folder.New().Try(Owner).Should().Be(LockResult.Held));

        _folder.New().Try(Owner).Should().Be(LockResult.Busy);
    }

    [Fact]
    public void A_file_of_another_user_that_cannot_be_read_or_replaced_is_said_with_what_to_do()
    {
        _folder.Write("._in_0_.lock", "left\n");
        File.SetUnixFileMode(_folder.LockPath, UnixFileMode.None);
        OfOtherUser(() =>
        {
            var one = _folder.New();
            one.Try(Owner).Should().Be(LockResult.Impossible);
            one.Problem.Should().Contain("remove it when no meeseeks-watch of that one runs");
        });
    }

    [Fact]
    public void A_lock_for_reading_which_anybody_can_have_keeps_no_watcher_out()
    {
        _folder.Write("._in_0_.lock", "left\n");
        using var stranger = File.OpenHandle(_folder.LockPath);
        LockForReading(stranger);

        _folder.New().Try(Owner).Should().Be(LockResult.Held);

        _folder.New().Try(Owner).Should().Be(LockResult.Busy);
    }

    // Root may write each file. The other user of the file system is that of a thread (setfsuid(2)), which ends with it.
    private void OfOtherUser(Action action)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            if (File.GetUnixFileMode(_folder.LockPath) is not UnixFileMode.None)
                File.SetUnixFileMode(_folder.LockPath, UnixFileMode.UserRead);
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
