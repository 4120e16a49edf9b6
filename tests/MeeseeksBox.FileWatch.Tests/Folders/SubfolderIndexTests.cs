using CsCheck;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>The index of a folder with its sub-folders (docs/WATCH.md#sub-folders).</summary>
public sealed class SubfolderIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_read_of_the_folders_that_changed_finds_the_same_as_a_read_of_all()
    {
        var number = 0;
        Gen.Int.Sample(
            seed =>
            {
                var (random, root) = (new Random(seed), _folder.Folder($"tree{Interlocked.Increment(ref number)}"));
                var index = Index(root);
                _ = index.Read();
                for (var round = 0; round < 6; round++)
                {
                    var changed = new HashSet<string>(StringComparer.Ordinal);
                    for (var change = random.Next(1, 4); change > 0; change--)
                        Change(root, random, changed);
                    _ = index.Read(changed);
                    var whole = Index(root);
                    _ = whole.Read();
                    Contents(index).Should().Equal(Contents(whole), $"seed {seed}, round {round}, {string.Join(' ', changed)}");
                }
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void A_sub_folder_that_is_gone_when_it_is_read_is_no_fault()
    {
        var root = _folder.Folder("in");
        Write("in/a/x", "in/b/x");
        var index = Index(root);
        var faults = new List<string>();

        // The folder is gone between its name and its read; that is no fault.
        _ = index.Read(null, folder => Remove(folder, root), (folder, _) => faults.Add(folder));

        index.Snapshot().Files.Select(file => file.Name).Should().Equal("a/x");
        faults.Should().BeEmpty();
    }

    [Fact]
    public void A_sub_folder_that_another_watcher_serves_is_left_to_it()
    {
        var root = _folder.Folder("in");
        Write("in/a/x", "in/b/x", "in/b/deep/x");
        var index = Index(root);
        var (faults, entered) = (new Dictionary<string, string>(), new List<string>());
        using (var other = new FolderLock(HeldFolder.TryOpen(Path.Combine(root, "b"))!, null, "w"))
        {
            _ = other.Try(new LockOwner("host", 7, "w", DateTimeOffset.UnixEpoch));
            _ = index.Read(null, entered.Add, faults.Add);
        }

        index.Snapshot().Files.Select(file => file.Name).Should().Equal("a/x");
        entered.Should().Equal("", "a");
        faults.Should().ContainKey("b").WhoseValue.Should().Contain("another meeseeks-watch (host, 7, since 1970");

        _ = index.Read();

        index.Snapshot().Files.Should().HaveCount(3);
    }

    [Fact]
    public void Hidden_folders_links_and_folders_below_the_depth_are_not_entered()
    {
        var root = _folder.Folder("in");
        Write("in/a/x", "in/a/b/x", "in/.h/x", "other/x");
        _ = File.CreateSymbolicLink(Path.Combine(root, "link"), "../other");
        var entered = new List<string>();

        _ = Index(root, "'depth':1").Read(null, entered.Add);

        entered.Should().BeEquivalentTo("", "a");
    }

    [Theory]
    [InlineData("a", "", "a", 0)]
    [InlineData("x/y/a", "x/y", "a", 2)]
    public void A_path_has_a_folder_and_a_name(string path, string folder, string name, int depth)
    {
        RelativePath.FolderOf(path).Should().Be(folder);
        RelativePath.NameOf(path).Should().Be(name);
        RelativePath.DepthOf(folder).Should().Be(depth);
        RelativePath.Join(folder, name).Should().Be(path);
    }

    [Theory]
    [InlineData("a/b", "a", true)]
    [InlineData("a", "a", true)]
    [InlineData("ab/c", "a", false)]
    [InlineData("b", "", true)]
    public void A_path_is_within_the_folders_above_it(string path, string folder, bool isWithin) =>
        RelativePath.IsWithin(path, folder).Should().Be(isWithin);

    private void Write(params string[] names)
    {
        foreach (var name in names)
        {
            _ = _folder.Folder(Path.GetDirectoryName(name)!);
            _ = _folder.Write(name, "x");
        }
    }

    private static void Remove(string folder, string root)
    {
        if (folder == "b")
            Directory.Delete(Path.Combine(root, folder), recursive: true);
    }

    // The folders that an event would name: one that was made, moved or removed, and none for a file.
    private static void Change(string root, Random random, HashSet<string> changed)
    {
        string[] names = ["a", "b", "a/c", "a.b", "b/a", "a/c/d"];
        var (folder, other) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
        var (path, target) = (Path.Combine(root, folder), Path.Combine(root, other));
        switch (random.Next(3))
        {
            case 0 when Directory.Exists(path):
                Directory.Delete(path, recursive: true);
                _ = changed.Add(folder);
                break;
            case 1 when Directory.Exists(path) && !Directory.Exists(target) && Directory.Exists(Path.GetDirectoryName(target))
                && !RelativePath.IsWithin(other, folder):
                Directory.Move(path, target);
                changed.UnionWith([folder, other]);
                break;
            default:
                for (var made = folder; made.Length > 0; made = RelativePath.FolderOf(made))
                    _ = changed.Add(made);
                _ = Directory.CreateDirectory(path);
                foreach (var name in new[] { "1", "2", "._w_0_1.done", "._w_0_2.failed" }.Where(_ => random.Next(2) is 0))
                    File.WriteAllText(Path.Combine(path, name), "{}");
                break;
        }
    }

    private static IEnumerable<string> Contents(FolderIndex index) =>
        index.Snapshot().Files.Select(file => file.Name)
            .Concat(index.Status.All.Select(entry => $"{entry.Key} {entry.Value.States}").Order())
            .Concat(index.Snapshot().OtherNames.Order());

    private static FolderIndex Index(string root, string more = "'cleanup':300")
    {
        var watch = Some.Watch($"'recursive':true,{more}") with { Path = root };
        return new FolderIndex(watch, new OpenFileTracker(root, WriterProbe.Of, TimeProvider.System), TimeProvider.System);
    }
}
