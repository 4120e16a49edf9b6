using System.Text;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The moves of processed files, and what a crash leaves of them (docs/SPECIFICATION.md#moved-files).</summary>
public sealed class FileMoverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _memory = Directory.CreateDirectory($"/dev/shm/move-{Guid.NewGuid():N}").FullName;

    private string In => _folder.Folder("in");

    private string Out => Path.Join(_folder.Path, "out");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_and_its_results_leave_the_folder(bool isOtherFileSystem)
    {
        var target = isOtherFileSystem ? Path.Join(_memory, "out") : Out;
        Write("a.dat", "new");
        Write("._w_0_a.dat.done");
        Write("._w_0_a.dat.mtime");
        Write("._w_1_a.dat.failed", "why");
        File.SetLastWriteTimeUtc(Path.Join(In, "a.dat"), DateTime.UnixEpoch);

        Move(target, "a.dat");

        Names(In).Should().BeEmpty();
        Names(target).Should().Equal("._w_1_a.dat.failed", "a.dat");
        Text(target, "a.dat").Should().Be("new");
        Text(target, "._w_1_a.dat.failed").Should().Be("why");
        File.GetLastWriteTimeUtc(Path.Join(target, "a.dat")).Should().Be(DateTime.UnixEpoch);
    }

    [Theory]
    [InlineData("a.dat", "a.1.dat", "a.2.dat")]
    [InlineData("a", "a.1", "a.2")]
    public void A_file_in_the_target_is_never_replaced(string name, params string[] names)
    {
        foreach (var text in new[] { "1", "2", "3" })
        {
            Write(name, text);
            Move(Out, name);
        }

        Names(Out).Should().BeEquivalentTo([name, .. names]);
        string[] texts = [Text(Out, name), Text(Out, names[0]), Text(Out, names[1])];
        texts.Should().Equal("1", "2", "3");
    }

    [Fact]
    public void The_files_of_a_set_get_the_same_number()
    {
        _ = Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Join(Out, "1.b"), "other");
        Write("1.a");
        Write("1.b");
        Write("._w_0_1.a.done");

        Move(Out, "1.a", "1.b");

        Names(In).Should().BeEmpty();
        Names(Out).Should().Equal("1.1.a", "1.1.b", "1.b");
    }

    [Fact]
    public void A_failed_move_leaves_everything_as_it_was()
    {
        Write("a");
        Write("._w_0_a.done");
        var target = Path.Join(_folder.Path, "missing", "out");

        FluentActions.Invoking(() => Move(target, "a")).Should().Throw<IOException>();

        Names(In).Should().Equal("._w_0_a.done", "a");
        Directory.Exists(Path.Join(_folder.Path, "missing")).Should().BeFalse();
    }

    [Fact]
    public void A_file_that_is_gone_is_not_moved()
    {
        Mover.Move(Index().Status, new FileMove(["a"], Out))!.Moved.Should().BeEmpty();

        Directory.Exists(Out).Should().BeFalse();
    }

    // A crash between any two system calls of the move leaves one of these states, each with the account of the move.
    [Theory]
    [InlineData("before the rename")]
    [InlineData("after the rename")]
    [InlineData("after the rename, and a new file has the name")]
    [InlineData("after the link")]
    [InlineData("after the removal of the results, and a new file has the name")]
    [InlineData("after the copy")]
    [InlineData("after the rename of the copy")]
    [InlineData("after the removal of the source of the copy, and a new file has the name")]
    public void A_crash_loses_nothing_and_repeats_nothing(string state)
    {
        var (source, target) = (Path.Join(In, "a"), Path.Join(Out, "a"));
        _ = Directory.CreateDirectory(Out);
        Write("a", "old");
        var isCopied = state.Contains("copy");
        var copy = Path.Join(Out, "._w_0_a.tmp");
        if (isCopied)
            File.Copy(source, copy);
        var facts = FileKind.FactsOf(source)!.Value;
        var file = new MovedFile("a", facts) { Target = "a", Staged = isCopied ? FileKind.FactsOf(copy) : facts };
        Write("._w_0_a.moving", Encoding.UTF8.GetString(new MoveAccount(Out, [file]).ToJson()));
        if (state.StartsWith("after the rename of the copy") || state.Contains("removal of the source"))
            File.Move(copy, target);
        else if (state is "after the link")
            Tool("ln", source, target);
        else if (!isCopied && state.StartsWith("after"))
            File.Move(source, target);
        if (state.Contains("removal of the source"))
            File.Delete(source);
        if (!state.Contains("removal of the results"))
            Write("._w_0_a.done");
        if (state.Contains("a new file"))
            Write("a", "new");

        Mover.Resume(Index().Status);

        Text(Out, "a").Should().Be("old");
        Names(Out).Where(name => !name.EndsWith(".tmp")).Should().Equal("a");
        Names(In).Should().Equal(state.Contains("a new file") ? ["a"] : []);
        if (state.Contains("a new file"))
            Text(In, "a").Should().Be("new");
    }

    [Fact]
    public void A_damaged_account_is_removed()
    {
        Write("a");
        Write("._w_0_a.done");
        Write("._w_0_a.moving", "{");

        Mover.Resume(Index().Status);

        Names(In).Should().Equal("._w_0_a.done", "a");
    }

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_memory, recursive: true);
    }

    [Fact]
    public void A_copy_has_its_name_on_disk_before_the_file_is_removed()
    {
        var target = Path.Join(_memory, "out");
        var flushes = new FlushedNames(path => (File.Exists(path), Names(In)));
        var mover = new FileMover(Some.Watch(Some.Jobs(1)) with { Path = In }, () => In, new LinesLog().Logger) { Flush = flushes };
        Write("a.dat");

        _ = mover.Move(Index().Status, new FileMove(["a.dat"], target));

        var (isThere, left) = flushes.Seen.Should().ContainSingle().Subject;
        isThere.Should().BeTrue();
        left.Should().Contain(name => name.Contains("a.dat.aside"));
        Names(In).Should().BeEmpty();
    }

    private sealed class FlushedNames(Func<string, (bool IsThere, string[] Left)> look) : DiskFlush
    {
        public List<(bool IsThere, string[] Left)> Seen { get; } = [];

        public override void NameOf(string path) => Seen.Add(look(path));
    }

    private FileMover Mover => new(Some.Watch(Some.Jobs(2)) with { Path = In }, () => In, new LinesLog().Logger);

    private static string[] Names(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static string Text(string folder, string name) => File.ReadAllText(Path.Join(folder, name));

    private static void Tool(string program, params string[] words)
    {
        using var process = System.Diagnostics.Process.Start(program, words);
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
    }

    private void Move(string target, params string[] files) => Mover.Move(Index().Status, new FileMove(files, target));

    private void Write(string name, string text = "") => File.WriteAllText(Path.Join(In, name), text);

    private FolderIndex Index()
    {
        var index = new FolderIndex(
            Some.Watch() with { Path = In }, new OpenFileTracker(In, _ => default, TimeProvider.System), TimeProvider.System);
        index.Read();
        return index;
    }
}
