using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>A renamed watch keeps its account (docs/SPECIFICATION.md#renamed-watches).</summary>
public sealed class FormerAccountTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private IEnumerable<string?> Names => Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Status_files_get_the_present_name_and_all_else_stays()
    {
        Write("._old_0_a.done", "._old_0_a.mtime", "._old_1_b_0_c.failed", "._old_0_.lock", "._older_0_a.done", "._old_x.done", "a",
            "._old_0_.late");

        FormerAccount.Take(_folder.Path, "old", "new").Should().Be(3);

        Names.Should().BeEquivalentTo(
            "._new_0_a.done", "._new_0_a.mtime", "._new_1_b_0_c.failed", "._old_0_.lock", "._older_0_a.done", "._old_x.done", "a",
            "._new_0_.late");
        File.ReadAllText(_folder.File("._new_0_a.done")).Should().Be("._old_0_a.done");
    }

    [Fact]
    public void Those_of_watched_sub_folders_get_it_too()
    {
        _ = _folder.Folder("sub/deep");
        _ = Directory.CreateSymbolicLink(_folder.File("link"), _folder.Folder("elsewhere"));
        var names = new[] { "._old_0_a.done", "sub/._old_0_b.done", "sub/deep/._old_0_c.failed", "elsewhere/._old_0_d.done" };
        Write(names);
        var watch = Some.Watch("'glob':'**/*','recursive':true,'depth':1") with { Path = _folder.Path, Name = "new" };

        FormerAccount.Take(watch with { DoneTo = _folder.File("elsewhere") }, _folder.Path, "old").Should().Be(2);

        Directory.GetFiles(_folder.Path, "._*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.Path, file))
            .Should().BeEquivalentTo(
                "._new_0_a.done", "sub/._new_0_b.done", "sub/deep/._old_0_c.failed", "elsewhere/._old_0_d.done", "link/._old_0_d.done");
    }

    [Fact]
    public void A_result_of_its_own_counts()
    {
        Write("._old_0_a.done", "._old_0_a.mtime", "._new_0_a.failed", "._old_0_b.mtime", "._new_0_b.mtime");

        FormerAccount.Take(_folder.Path, "old", "new").Should().Be(3);

        Names.Should().BeEquivalentTo("._new_0_a.failed", "._new_0_a.mtime", "._new_0_b.mtime");
        File.ReadAllText(_folder.File("._new_0_b.mtime")).Should().Be("._new_0_b.mtime");
    }

    // A folder has its names in any order.
    [Fact]
    public void Of_two_results_the_one_that_counts_stays()
    {
        var files = Enumerable.Range(0, 20).Select(number => $"f{number}").ToList();
        Write([.. files.SelectMany(file => new[] { "failed", "killed", "done" }.Select(state => $"._old_0_{file}.{state}"))]);
        Write([.. files.SelectMany(file => new[] { "failed", "killed" }.Select(state => $"._old_1_{file}.{state}"))]);

        _ = FormerAccount.Take(_folder.Path, "old", "new");

        Names.Should().BeEquivalentTo(files.SelectMany(file => new[] { $"._new_0_{file}.done", $"._new_1_{file}.killed" }));
    }

    [Fact]
    public void After_a_crash_the_rest_is_renamed()
    {
        Write("._new_0_a.done", "._old_0_a.mtime", "._old_0_b.done");

        _ = FormerAccount.Take(_folder.Path, "old", "new");
        FormerAccount.Take(_folder.Path, "old", "new").Should().Be(0);

        Names.Should().BeEquivalentTo("._new_0_a.done", "._new_0_a.mtime", "._new_0_b.done");
    }

    private void Write(params string[] names)
    {
        foreach (var name in names)
            _ = _folder.Write(name, name);
    }
}
