using System.Diagnostics;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Files in a real folder whose names are not UTF-8 (docs/WATCH.md#names-that-are-not-utf-8).</summary>
public sealed class ByteNameFilesTests : IDisposable
{
    private const string One = "a\udcfe.dat";
    private const string Other = "a\udcff.dat";
    private const string Valid = "a\ufffd.dat";

    private readonly TemporaryFolder _folder = new();
    private readonly string _memory = Directory.CreateDirectory($"/dev/shm/bytes-{Guid.NewGuid():N}").FullName;
    private readonly WatchSettings _watch;

    public ByteNameFilesTests()
    {
        _watch = Some.Watch("'glob':'*.dat','updated':true") with { Path = _folder.Folder("in") };
        Shell(@"printf 1 > a$'\xfe'.dat; printf 2 > a$'\xff'.dat; printf 3 > a$'\xef\xbf\xbd'.dat");
    }

    private string In => _watch.Path!;

    private StatusFiles Status => new(() => In, "w");

    private FileMover Mover => new(_watch, () => In, new LinesLog().Logger);

    [Fact]
    public void Names_that_differ_in_such_bytes_only_are_different_files()
    {
        var index = Index();

        Due(index).Should().BeEquivalentTo(Valid, One, Other);
    }

    [Fact]
    public void An_event_finds_the_file()
    {
        var index = Index();
        Shell(@"rm a$'\xfe'.dat; printf 4 > b$'\xff'.dat");

        index.Refresh([One, "b\udcff.dat"]);

        Due(index).Should().BeEquivalentTo(Valid, Other, "b\udcff.dat");
    }

    [Fact]
    public void Its_results_are_written_read_and_removed()
    {
        var table = Index().Status;
        var keys = new[] { One, Other, Valid }.Select(name => new WorkKey(0, name)).ToArray();
        Status.Write(table, keys[0], StatusState.Done, [], now: 1).Should().BeNull();
        Status.Write(table, keys[1], StatusState.Failed, "{\"id\":\"\\udcff\",\"watch_failures\":3}"u8.ToArray(), now: 1, failures: 3);
        Status.Note(table, keys[2], 77);
        Status.Note(table, keys[1], 78);

        var read = Index();

        keys.Select(key => read.Status[key].Result).Should().Equal(StatusState.Done, StatusState.Failed, null);
        Names(In).Should().Contain("._w_0_a\\xfe.dat.done").And.Contain("._w_0_a\\xff.dat.failed").And.Contain("._w_0_a\\xff.dat.mtime");
        Status.WrittenAt(keys[1], StatusState.Failed).Should().NotBeNull();
        Status.WrittenAt(keys[0], StatusState.Failed).Should().BeNull();
        foreach (var (key, state) in new[] { (keys[0], StatusState.Done), (keys[1], StatusState.Failed), (keys[1], StatusState.Mtime) })
            Status.Remove(read.Status, key, state);
        read.Refresh(["._w_0_a\udcfe.dat.done"]);
        Names(In).Should().NotContain(name => name.StartsWith("._w_0_a\\x"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_moved_with_its_results(bool isOtherFileSystem)
    {
        var target = isOtherFileSystem ? Path.Join(_memory, "out") : _folder.File("out");
        var index = Index();
        var key = new WorkKey(0, Other);
        Status.Write(index.Status, key, StatusState.Failed, "why"u8.ToArray(), now: 1);

        Mover.Move(index.Status, new FileMove([Other], target))!.Moved.Should().Equal(Other);

        Names(In).Should().Equal("a\\xfe.dat", "a\ufffd.dat");
        Names(target).Should().Equal("._w_0_a\\xff.dat.failed", "a\\xff.dat");
        ByteFile.ReadAllBytes(Path.Join(target, Other)).Should().Equal((byte)'2');
    }

    [Fact]
    public void A_move_that_a_crash_has_interrupted_goes_on()
    {
        var target = _folder.Folder("out");
        var index = Index();
        var source = FileKind.FactsOf(Path.Join(In, Other), isFollowed: false)!.Value;
        var account = new MoveAccount(target, [new MovedFile(Other, source)]) { Key = new WorkKey(0, Other) };
        Status.WriteMove(index.Status, account);

        Mover.Resume(Index().Status);

        Names(target).Should().Equal("a\\xff.dat");
        Names(In).Should().Equal("a\\xfe.dat", "a\ufffd.dat");
    }

    [Fact]
    public void Its_result_gets_the_present_name_of_the_watch()
    {
        Shell(@"touch ._old_0_a$'\xff'.dat.done ._old_0_a$'\xfe'.dat.done ._new_0_a$'\xfe'.dat.failed");

        FormerAccount.Take(In, "old", "new").Should().Be(2);

        Names(In).Should().StartWith(["._new_0_a\\xfe.dat.failed", "._new_0_a\\xff.dat.done", "a"], (one, other) => one.StartsWith(other));
    }

    [Fact]
    public void A_sub_folder_with_such_a_name_is_read_with_its_results()
    {
        Shell(@"mkdir s$'\xff'; printf 5 > s$'\xff'/x.dat; printf 6 > s$'\xff'/y.dat");
        var recursive = _watch with { Depth = 1 };
        var index = Index(recursive);
        Status.Probe("s\udcff");
        Status.Write(index.Status, new WorkKey(0, "s\udcff/x.dat"), StatusState.Done, [], now: 1).Should().BeNull();
        Status.Note(index.Status, new WorkKey(0, "s\udcff/x.dat"), FileKind.FactsOf(Path.Join(In, "s\udcff/x.dat"))!.Value.WriteTime);

        var read = Index(recursive);

        Planner.Of(recursive, read.Snapshot(), new HashSet<WorkKey>(), Rules.Scene.Now).Due.Select(work => work.FileName)
            .Should().BeEquivalentTo("s\udcff/y.dat", Valid, One, Other);
        Shell("ls -A s$'\\xff'", In).Should().Contain("._w_0_x.dat.done").And.NotContain("tmp");
    }

    [Fact]
    public void A_file_of_such_a_sub_folder_is_moved_into_one_like_it()
    {
        Shell(@"mkdir s$'\xff'; printf 5 > s$'\xff'/x.dat");
        var target = _folder.File("out");
        var index = Index(_watch with { Depth = 1 });

        Mover.Move(index.Status, new FileMove(["s\udcff/x.dat"], target))!.Moved.Should().ContainSingle();

        ByteFile.ReadAllBytes(Path.Join(target, "s\udcff/x.dat")).Should().Equal((byte)'5');
    }

    public void Dispose()
    {
        // .NET cannot delete such names.
        Shell($"rm -rf '{_memory}' '{In}' '{_folder.File("out")}'");
        _folder.Dispose();
    }

    private FolderIndex Index(WatchSettings? watch = null)
    {
        var index = new FolderIndex(watch ?? _watch, new OpenFileTracker(In, _ => default, TimeProvider.System), TimeProvider.System);
        index.Read();
        return index;
    }

    private string[] Due(FolderIndex index) =>
        [.. Planner.Of(_watch, index.Snapshot(), new HashSet<WorkKey>(), Rules.Scene.Now).Due.Select(work => work.FileName!)];

    // With the bytes as \xff.
    private static string[] Names(string folder) => Shell(@"ls -A | sed 's/\xfe/\\xfe/; s/\xff/\\xff/' | sort", folder)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Shell(string script) => _ = Shell(script, In);

    private static string Shell(string script, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
        return output;
    }
}
