using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Status files are written whole, and a fault concerns one of them or the folder (docs/SPECIFICATION.md#status-files).</summary>
public sealed class StatusFilesTests : IDisposable
{
    private static readonly WorkKey Key = new(0, "a.dat");

    private readonly TemporaryFolder _folder = new();
    private readonly StatusTable _table = new();
    private readonly StatusFiles _files;

    public StatusFilesTests() => _files = new StatusFiles(() => _folder.Path, "w");

    private IEnumerable<string?> Names => Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_watchers_never_write_into_each_others_files()
    {
        Parallel.For(0, 4, watcher =>
        {
            var (files, table) = (new StatusFiles(() => _folder.Path, "w"), new StatusTable());
            for (var number = 0; number < 200; number++)
            {
                var key = new WorkKey(0, $"{watcher}-{number}");
                _ = files.Write(table, key, StatusState.Done, Encoding.ASCII.GetBytes(key.FileName), now: 0);
            }
        });

        Names.Should().HaveCount(800);
        Names.Should().OnlyContain(name => $"._w_0_{File.ReadAllText(_folder.File(name!))}.done" == name);
    }

    [Fact]
    public void A_private_result_is_readable_by_its_owner_only()
    {
        _ = _files.Write(_table, Key, StatusState.Done, [1], now: 0, isPrivate: true);

        File.GetUnixFileMode(_folder.File("._w_0_a.dat.done")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_folder_at_the_name_of_a_status_file_is_a_fault_of_that_name_and_leaves_no_temporary_file()
    {
        _ = _folder.Folder("._w_0_a.dat.done");

        var write = () => _files.Write(_table, Key, StatusState.Done, [1], now: 0);

        write.Should().Throw<StatusNameException>().WithMessage("._w_0_a.dat.done: it is a folder");
        Names.Should().Equal("._w_0_a.dat.done");
        _files.ObstacleOf(Key).Should().Be("._w_0_a.dat.done: it is a folder");
        _files.ObstacleOf(new WorkKey(0, "b.dat")).Should().BeNull();
    }

    [Fact]
    public void A_change_time_that_cannot_be_written_is_a_fault_of_its_name()
    {
        _ = _folder.Folder("._w_0_a.dat.mtime");

        FluentActions.Invoking(() => _files.Note(_table, Key, 1)).Should().Throw<StatusNameException>();
    }

    [Fact]
    public void An_outdated_result_that_cannot_be_removed_is_a_warning_when_the_new_one_outranks_it()
    {
        _ = _folder.Folder("._w_0_a.dat.failed");
        _table.Add(Key, StatusState.Failed);

        _files.Write(_table, Key, StatusState.Done, [1], now: 0).Should().Be("._w_0_a.dat.failed: it is a folder");

        _table[Key].Result.Should().Be(StatusState.Done);
        Names.Should().Contain("._w_0_a.dat.done");
    }

    [Fact]
    public void A_result_that_cannot_be_removed_and_outranks_the_new_one_is_a_fault_of_its_name()
    {
        _ = _folder.Folder("._w_0_a.dat.done");
        _table.Add(Key, StatusState.Done);

        var write = () => _files.Write(_table, Key, StatusState.Failed, [1], now: 0);

        write.Should().Throw<StatusNameException>();
    }

    [Fact]
    public void A_missing_folder_is_a_fault_of_the_folder_with_the_same_text_each_time()
    {
        var files = new StatusFiles(() => _folder.File("nosuch"), "w");
        var text = $"{_folder.File("nosuch")}: there is no such folder";

        FluentActions.Invoking(() => files.Probe()).Should().Throw<StatusFolderException>().WithMessage(text);
        FluentActions.Invoking(() => files.Write(_table, Key, StatusState.Done, [1], now: 0))
            .Should().Throw<StatusFolderException>().WithMessage(text);
        FluentActions.Invoking(() => files.Remove(_table, Key, StatusState.Done))
            .Should().Throw<StatusFolderException>().WithMessage(text);
    }

    [Fact]
    public void The_probe_removes_old_temporary_files_of_the_watch_and_nothing_else()
    {
        var names = new StatusName("w");
        string[] old = [names.TemporaryOf(1), "._w_0_.tmp"];
        string[] kept = [new StatusName("v").TemporaryOf(1), "._w_0_a.tmp", "._w_0_a.dat.done", "a.tmp"];
        foreach (var name in old.Concat(kept))
        {
            File.WriteAllText(_folder.File(name), "");
            File.SetLastWriteTimeUtc(_folder.File(name), DateTime.UtcNow - TimeSpan.FromMinutes(11));
        }

        File.WriteAllText(_folder.File(names.TemporaryOf(2)), "");

        _files.Probe();

        Names.Should().BeEquivalentTo([.. kept, names.TemporaryOf(2)]);
    }
}
