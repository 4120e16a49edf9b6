using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What others do to the files and folders of a move while it runs (docs/WATCH.md#moved-files).</summary>
public sealed class MoveRaceTests : IDisposable
{
    private static readonly MoveStep[] StepsOfRename =
        [MoveStep.Noted, MoveStep.Renamed, MoveStep.ResultsRemoved, MoveStep.MarkerRemoved];

    private static readonly MoveStep[] StepsOfCopy =
    [
        MoveStep.Noted, MoveStep.Copied, MoveStep.SetAside, MoveStep.Published, MoveStep.SourceRemoved, MoveStep.ResultsRemoved,
        MoveStep.MarkerRemoved,
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly string _memory = Directory.CreateDirectory($"/dev/shm/move-{Guid.NewGuid():N}").FullName;
    private readonly LinesLog _log = new();
    private WatchSettings _watch;

    public MoveRaceTests() => _watch = Some.Watch("'marker':'%(filename)s.ok'") with { Path = _folder.Folder("in"), Depth = 1 };

    public static TheoryData<bool, string> Steps()
    {
        var data = new TheoryData<bool, string>();
        data.AddRange(StepsOfRename.Select(step => (false, step.ToString())));
        data.AddRange(StepsOfCopy.Select(step => (true, step.ToString())));
        return data;
    }

    [Theory]
    [InlineData(false, nameof(MoveStep.Noted), "mv")]
    [InlineData(false, nameof(MoveStep.Noted), "rm")]
    [InlineData(true, nameof(MoveStep.Copied), "mv")]
    [InlineData(true, nameof(MoveStep.Copied), "rm")]
    [InlineData(true, nameof(MoveStep.Noted), "mv")]
    public void Another_file_in_its_place_stays_and_has_no_result(bool isCopied, string step, string way)
    {
        Write("a", "old");
        Write("._w_0_a.failed", "why");
        Assert.SkipWhen(
            way is "rm" && FileKind.FactsOf(At("a"))!.Value.Id.BirthTime is 0,
            "without times of birth, a new file may have the number of a removed one, and so be the same one");

        var result = Move(isCopied, step, () => Replace("a", way), "a");

        result!.Replaced.Should().Equal("a");
        result.Moved.Should().BeEmpty();
        Names("in").Should().Equal("a");
        Text("in", "a").Should().Be("new");
        Names(Out(isCopied)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("append")]
    [InlineData("touch")]
    public void A_file_that_changes_while_it_is_copied_stays_with_its_result_and_is_moved_later(string way)
    {
        Write("a", "old");
        Write("._w_0_a.done");
        var change = () =>
        {
            if (way is "append")
                File.AppendAllText(At("a"), "er");
            else
                File.SetLastWriteTimeUtc(At("a"), DateTime.UnixEpoch);
        };

        FluentActions.Invoking(() => Move(isCopied: true, nameof(MoveStep.Copied), change, "a"))
            .Should().Throw<IOException>().WithMessage("a file has changed during its move");

        Names("in").Should().Equal("._w_0_a.done", "a");
        Names(Out(true)).Should().BeEmpty();

        Move(isCopied: true, null, () => { }, "a")!.Moved.Should().Equal("a");

        Names("in").Should().BeEmpty();
        Text(Out(true), "a").Should().Be(way is "append" ? "older" : "old");
    }

    [Theory]
    [InlineData(nameof(MoveStep.SetAside))]
    [InlineData(nameof(MoveStep.Published))]
    [InlineData(nameof(MoveStep.SourceRemoved))]
    public void A_new_file_that_comes_when_the_copy_is_checked_stays(string step)
    {
        Write("a", "old");
        Write("._w_0_a.done");

        Move(isCopied: true, step, () => Write("a", "new"), "a")!.Moved.Should().Equal("a");

        Names("in").Should().Equal("a");
        Text("in", "a").Should().Be("new");
        Names(Out(true)).Should().Equal("a");
        Text(Out(true), "a").Should().Be("old");
    }

    [Theory]
    [InlineData(false, nameof(MoveStep.Noted))]
    [InlineData(true, nameof(MoveStep.Noted))]
    [InlineData(true, nameof(MoveStep.Copied))]
    [InlineData(true, nameof(MoveStep.SetAside))]
    [InlineData(true, nameof(MoveStep.Published))]
    public void The_move_goes_on_in_its_folder_when_another_one_takes_its_place(bool isCopied, string step)
    {
        Write("a", "old");
        Write("._w_0_a.done");

        var result = Move(isCopied, step, Swap, "a");

        result!.Moved.Should().Equal("a");
        Names("in").Should().Equal("._w_0_a.done", "a");
        Text("in", "a").Should().Be("new");
        Names("former").Should().BeEmpty();
        Names(Out(isCopied)).Should().Equal("a");
        Text(Out(isCopied), "a").Should().Be("old");

        void Swap()
        {
            Directory.Move(_watch.Path!, _folder.File("former"));
            Directory.CreateDirectory(_watch.Path!);
            Write("a", "new");
            Write("._w_0_a.done");
        }
    }

    [Theory]
    [InlineData(nameof(MoveStep.Copied))]
    [InlineData(nameof(MoveStep.Published))]
    public void The_move_goes_on_when_a_link_leads_to_another_folder_or_a_sub_folder_is_renamed(string step)
    {
        Directory.Move(_watch.Path!, _folder.File("A"));
        _folder.Folder("A/sub");
        _folder.Folder("B/sub");
        _folder.Write("B/sub/a", "new");
        _folder.Write("A/sub/a", "old");
        Directory.CreateSymbolicLink(_watch.Path!, "A");

        var result = Move(isCopied: true, step, Swap, "sub/a");

        result!.Moved.Should().Equal("sub/a");
        Text("B/sub", "a").Should().Be("new");
        Names("A/renamed").Should().BeEmpty();
        Names(Path.Join(Out(true), "sub")).Should().Equal("a");
        Text(Path.Join(Out(true), "sub"), "a").Should().Be("old");

        void Swap()
        {
            Directory.Move(_folder.File("A/sub"), _folder.File("A/renamed"));
            File.Delete(_watch.Path!);
            Directory.CreateSymbolicLink(_watch.Path!, "B");
        }
    }

    [Fact]
    public void Nothing_is_moved_from_another_folder_than_the_watch_has_read()
    {
        Write("a", "new");

        var mover = Mover() with { Expected = _ => new FileId(1, 2, 3) };
        mover.Build().Move(Status(), new FileMove(["a"], Out(false))).Should().BeNull();

        Names("in").Should().Equal("a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_moved_when_the_target_has_become_a_folder_of_the_watch(bool isBelow)
    {
        Write("a", "old");
        Write("._w_0_a.done");
        Directory.CreateSymbolicLink(Out(false), isBelow ? _folder.Folder("in/sub") : _watch.Path!);
        var below = FileKind.FactsOf(_folder.Folder("in/sub"))!.Value.Id;

        var mover = Mover() with { IsWatched = id => id == below };
        FluentActions.Invoking(() => mover.Build().Move(Status(), new FileMove(["a"], Out(false))))
            .Should().Throw<IOException>().WithMessage("it leads to a folder of this watch by now, so that the files would come back");

        Names("in").Should().Equal("._w_0_a.done", "a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_member_of_a_set_that_is_replaced_stays_and_the_others_go(bool isCopied)
    {
        foreach (var name in new[] { "1.a", "1.b", "1.c" })
            Write(name, "old");
        Write("._w_0_1.a.failed", "why");

        var step = isCopied ? nameof(MoveStep.Copied) : nameof(MoveStep.Noted);
        var result = Move(isCopied, step, () => Replace("1.b", "mv"), "1.a", "1.b", "1.c");

        result!.Moved.Should().Equal("1.a", "1.c");
        result.Replaced.Should().Equal("1.b");
        Names("in").Should().Equal("1.b");
        Text("in", "1.b").Should().Be("new");
        Names(Out(isCopied)).Should().Equal("._w_0_1.a.failed", "1.a", "1.c");
    }

    [Fact]
    public void A_member_that_changes_after_others_have_gone_follows_them_at_the_next_scan()
    {
        Write("1.a", "old");
        Write("1.b", "old");
        Write("._w_0_1.a.done");
        var copies = 0;
        var mover = Mover() with { OnStep = step => Change(step) };

        FluentActions.Invoking(() => mover.Build().Move(Status(), new FileMove(["1.a", "1.b"], Out(true)))).Should().Throw<IOException>();
        Names("in").Should().Equal("._w_0_1.a.done", "._w_0_1.a.moving", "1.b");

        Mover().Build().Resume(Status());

        Names("in").Should().BeEmpty();
        Names(Out(true)).Should().Equal("1.a", "1.b");
        Text(Out(true), "1.b").Should().Be("older");

        void Change(MoveStep step)
        {
            if (step is MoveStep.Copied && ++copies == 2)
                File.AppendAllText(At("1.b"), "er");
        }
    }

    [Fact]
    public void What_was_replaced_before_the_move_of_the_plan_began_is_new()
    {
        Write("a", "old");
        Write("._w_0_a.done");
        var mover = Mover().Build();
        var move = new FileMove(["a"], Out(false));
        var seen = mover.Look(move);
        Replace("a", "mv");

        mover.Move(Status(), move, seen)!.Replaced.Should().Equal("a");

        Names("in").Should().Equal("a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_marker_that_is_written_again_belongs_to_the_new_file(bool isWritten)
    {
        Write("a", "old");
        Write("a.ok", "1");

        Move(isCopied: true, nameof(MoveStep.Copied), Deliver, "a");

        Names("in").Should().Equal(isWritten ? ["a", "a.ok"] : ["a"]);

        void Deliver()
        {
            Replace("a", "mv");
            if (isWritten)
                Write("a.ok", "22");
        }
    }

    [Fact]
    public void A_file_gets_its_name_back_when_its_copy_cannot_have_its_own()
    {
        Write("a", "old");
        Write("._w_0_a.done");

        var remove = () => Directory.Delete(Out(true), recursive: true);
        FluentActions.Invoking(() => Move(isCopied: true, nameof(MoveStep.SetAside), remove, "a")).Should().Throw<IOException>();

        Names("in").Should().Equal("._w_0_a.done", "a");
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void After_a_crash_at_any_step_the_next_start_ends_the_move(bool isCopied, string step)
    {
        Write("a", "old");
        Write("a.ok");
        Write("._w_0_a.done");

        Crash(isCopied, step, "a");
        Mover().Build().Resume(Status());

        Names("in").Should().BeEmpty();
        Names(Out(isCopied)).Should().Equal("a");
        Text(Out(isCopied), "a").Should().Be("old");
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void After_a_crash_at_any_step_a_new_file_stays(bool isCopied, string step)
    {
        Write("a", "old");
        Write("._w_0_a.done");

        Crash(isCopied, step, "a");
        Replace("a", "mv");
        Mover().Build().Resume(Status());

        Names("in").Should().Equal("a");
        Text("in", "a").Should().Be("new");
        Names(Out(isCopied)).Should().Equal(step is nameof(MoveStep.Noted) or nameof(MoveStep.Copied) ? [] : ["a"]);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void After_a_crash_at_any_step_the_move_ends_where_its_folder_is_by_then(bool isCopied, string step)
    {
        _folder.Folder("in/sub");
        Write("sub/a", "old");
        Write("sub/a.ok");
        Write("sub/._w_0_a.done");

        Crash(isCopied, step, "sub/a");
        Directory.Move(At("sub"), At("renamed"));
        Mover().Build().Resume(Status());

        Names("in/renamed").Should().BeEmpty();
        Names(Path.Join(Out(isCopied), "sub")).Should().Equal("a");
        Text(Path.Join(Out(isCopied), "sub"), "a").Should().Be("old");
    }

    [Fact]
    public void After_a_crash_the_files_of_a_renamed_watch_are_found()
    {
        Write("a", "old");
        Crash(isCopied: true, nameof(MoveStep.SetAside), "a");
        FormerAccount.Take(_watch.Path!, "w", "v").Should().Be(1);
        _watch = _watch with { Name = "v" };

        Mover().Build().Resume(Status());

        Names("in").Should().BeEmpty();
        Names(Out(true)).Should().Equal("a");
    }

    [Fact]
    public void A_copy_without_an_account_is_removed_when_it_is_old()
    {
        var target = Directory.CreateDirectory(Path.Join(Out(false), "sub")).Parent!.FullName;
        foreach (var name in new[] { "sub/._w_0_a.dat.tmp", "._w_0_b.tmp", "._other_0_c.tmp", "d.tmp" })
            File.WriteAllText(Path.Join(target, name), "");
        var now = FileTime.Of(TimeProvider.System.GetUtcNow());
        using var held = HeldFolder.TryOpen(target)!;

        new CopyLeftovers().Remove(held, 1, new StatusName("w"), now);
        Names(target).Should().HaveCount(3);

        new CopyLeftovers().Remove(held, 1, new StatusName("w"), now + TimeSpan.FromMinutes(11).Ticks);
        Names(target).Should().Equal("._other_0_c.tmp", "d.tmp");
        Names(Path.Join(target, "sub")).Should().BeEmpty();
    }

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_memory, recursive: true);
    }

    private string Out(bool isOtherFileSystem) => Path.Join(isOtherFileSystem ? _memory : _folder.Path, "out");

    private string At(string name) => Path.Join(_watch.Path, name);

    private void Write(string name, string text = "") => File.WriteAllText(At(name), text);

    private string[] Names(string folder)
    {
        var path = Path.Join(folder.StartsWith('/') ? "" : _folder.Path, folder);
        var files = Directory.Exists(path) ? Directory.GetFiles(path) : [];
        return [.. files.Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
    }

    private string Text(string folder, string name) =>
        File.ReadAllText(Path.Join(folder.StartsWith('/') ? "" : _folder.Path, folder, name));

    private void Replace(string name, string way)
    {
        if (way is "mv")
        {
            File.Move(_folder.Write("new", "new"), At(name), overwrite: true);
            return;
        }

        File.Delete(At(name));
        Write(name, "new");
    }

    private MoverMaker Mover() => new(_watch, _log);

    private StatusTable Status()
    {
        var index = new FolderIndex(_watch, new OpenFileTracker(_watch.Path!, _ => default, TimeProvider.System), TimeProvider.System);
        index.Read();
        return index.Status;
    }

    // Something happens at the first time of a step.
    private MoveResult? Move(bool isCopied, string? at, Action act, params string[] files)
    {
        var isDone = false;
        var mover = Mover() with { OnStep = step => Act(step) };
        return mover.Build().Move(Status(), new FileMove(files, Out(isCopied)));

        void Act(MoveStep step)
        {
            if (isDone || step.ToString() != at)
                return;
            isDone = true;
            act();
        }
    }

    private void Crash(bool isCopied, string at, string file) =>
        FluentActions.Invoking(() => Move(isCopied, at, () => throw new InvalidOperationException("crash"), file))
            .Should().Throw<InvalidOperationException>();

    private sealed record MoverMaker(WatchSettings Watch, LinesLog Log)
    {
        public Func<string, FileId?> Expected { get; init; } = _ => null;

        public Func<FileId, bool> IsWatched { get; init; } = _ => false;

        public Action<MoveStep> OnStep { get; init; } = _ => { };

        public FileMover Build() =>
            new(Watch, () => Watch.Path!, Log.Logger) { Expected = Expected, IsWatched = IsWatched, OnStep = OnStep };
    }
}
