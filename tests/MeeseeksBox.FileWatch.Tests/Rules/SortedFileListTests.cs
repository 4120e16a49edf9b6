using CsCheck;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Rules;

public sealed class SortedFileListTests
{
    [Fact]
    public void It_holds_the_same_files_as_a_plain_list_after_any_changes()
    {
        Gen.Select(Gen.Int, Gen.Int[1, 5], Gen.Int[1, 200]).Sample((seed, blockSize, steps) =>
        {
            var random = new Random(seed);
            var model = new SortedList<string, WatchedFile>(ByteOrder.Instance);
            for (var i = random.Next(20); i > 0; i--)
                model[NewName()] = new WatchedFile(NewName());
            foreach (var name in model.Keys.ToList())
                model[name] = new WatchedFile(name);
            var list = new SortedFileList([.. model.Values], blockSize);
            for (var step = 0; step < steps; step++)
            {
                var name = NewName();
                var file = new WatchedFile(name, step, FinishedInList: random.Next(3) is 0 ? null : random.Next(-1, 2));
                if (random.Next(3) is 0)
                {
                    list.Remove(name).Should().Be(model.Remove(name));
                }
                else if (random.Next(3) is 0 && model.Count > 0)
                {
                    var place = random.Next(model.Count);
                    model.SetValueAtIndex(place, file with { Name = model.GetKeyAtIndex(place) });
                    list.ReplaceAt(place, model.GetValueAtIndex(place));
                }
                else
                {
                    list.Put(file).Should().Be(!model.ContainsKey(name));
                    model[name] = file;
                }

                Verify(list, model, NewName());
            }

            string NewName() => $"{(random.Next(3) is 0 ? "sub/" : "")}{random.Next(40)}";
        });
    }

    [Fact]
    public void A_walk_passes_over_blocks_of_finished_files_only()
    {
        var files = Enumerable.Range(0, 9).Select(i => new WatchedFile($"{i}", FinishedInList: i is 4 ? null : i / 3)).ToList();
        var list = new SortedFileList(files, blockSize: 3);
        var passed = new List<string>();

        var walked = list.Walk(isReversed: true, finished => Pass(passed, finished)).ToList();

        walked.Select(file => (file.Position, file.File.Name)).Should().Equal((5, "5"), (4, "4"), (3, "3"));
        passed.Should().Equal("0 0 3", "3");
    }

    private static bool Pass(List<string> passed, IReadOnlyList<int> finished)
    {
        passed.Add(string.Join(' ', finished));
        return true;
    }

    private static void Verify(SortedFileList list, SortedList<string, WatchedFile> model, string name)
    {
        list.Should().Equal(model.Values);
        list.Count.Should().Be(model.Count);
        Enumerable.Range(0, list.Count).Select(place => list[place]).Should().Equal(model.Values);
        list.TryGet(name, out var file).Should().Be(model.ContainsKey(name));
        file.Should().Be(model.GetValueOrDefault(name));
        list.Within("sub").Should().Equal(model.Values.Where(other => RelativePath.IsWithin(other.Name, "sub")));
        list.Within("").Should().Equal(model.Values);

        var counts = new int[2];
        var walked = list.Walk(isReversed: false, finished =>
        {
            for (var i = 0; i < finished.Count; i++)
                counts[i] += finished[i];
            return true;
        });
        var seen = walked.ToList();
        seen.Should().Equal(seen.Select(entry => (entry.Position, list[entry.Position])));
        model.Values.Where(other => other.FinishedInList is null).Should().BeSubsetOf(seen.Select(entry => entry.File));
        for (var i = 0; i < counts.Length; i++)
        {
            (counts[i] + seen.Count(entry => entry.File.FinishedInList == i))
                .Should().Be(model.Values.Count(other => other.FinishedInList == i));
        }
    }
}
