using System.Globalization;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Results are read from attributes of the files, and go where these go (docs/WATCH.md#results-in-attributes).</summary>
public sealed class AttributeIndexTests : IDisposable
{
    private const string Done = "user.w_0.done";

    private static readonly WorkKey Key = new(0, "a");

    private readonly AttributeFolder _folder = new();

    public AttributeIndexTests() => _ = _folder.Write("a");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{\"id\": \"j\", \"state\": \"done\", \"pool\": \"p\", \"end_ts\": 5.5}")]
    public void The_results_of_the_original_are_read(string value)
    {
        _folder.Set("a", Done, value);
        _folder.Set("a", "user.other_0.failed", value);

        _folder.Index().Status.All.Should().ContainSingle().Which.Key.Should().Be(Key);
        _folder.Index().Status[Key].Result.Should().Be(StatusState.Done);
    }

    [Fact]
    public void A_failure_of_the_original_has_the_time_of_the_end_of_its_job()
    {
        _folder.Set("a", "user.w_0.failed", "{\"id\":\"j\",\"state\":\"failed\",\"end_ts\":5.5}");

        _folder.Index().Status[Key].FailedAt.Should().Be((long)(5.5 * TimeSpan.TicksPerSecond));
    }

    [Fact]
    public void A_failure_without_a_time_has_that_of_the_last_change_of_its_file()
    {
        _folder.Set("a", "user.w_0.failed", "");
        File.SetLastWriteTimeUtc(_folder.At("a"), DateTime.UnixEpoch);

        _folder.Index().Status[Key].FailedAt.Should().Be(FileKind.FactsOf(_folder.At("a"))!.Value.ChangeTime);
    }

    [Fact]
    public void The_change_time_of_the_original_is_a_number_that_is_not_exact()
    {
        var random = new Random(1);
        for (var round = 0; round < 1000; round++)
        {
            var time = DateTime.UnixEpoch.AddTicks((long)(random.NextDouble() * 2_000_000_000 * TimeSpan.TicksPerSecond));
            File.SetLastWriteTimeUtc(_folder.At("a"), time);
            var ticks = (time - DateTime.UnixEpoch).Ticks;
            _folder.Set("a", "user.w_0.mtime", (ticks / 1e7).ToString("R", CultureInfo.InvariantCulture));

            _folder.Index("'updated':true").Status[Key].Tracked.Should().Be(ticks);
        }
    }

    [Fact]
    public void A_change_time_of_our_own_is_exact()
    {
        var index = _folder.Index("'updated':true");
        var mtime = index.Snapshot().Files[0].Mtime;

        _folder.Account("'updated':true").Note(index.Status, Key, mtime - 1);

        _folder.Index("'updated':true").Status[Key].IsChanged(0, mtime).Should().BeTrue();
    }

    [Fact]
    public void A_file_takes_its_results_along_when_it_is_renamed_and_another_one_in_its_place_is_new()
    {
        _folder.Set("a", Done, "");
        var index = _folder.Index();

        File.Move(_folder.At("a"), _folder.At("b"));
        index.Refresh(["a", "b"]);
        var renamed = (index.Status[Key].Result, index.Status[new WorkKey(0, "b")].Result);
        _ = _folder.Write("new");
        File.Move(_folder.At("new"), _folder.At("b"), overwrite: true);
        index.Refresh(["b"]);

        renamed.Should().Be((null, StatusState.Done));
        index.Status.All.Should().BeEmpty();
    }

    [Fact]
    public void A_change_of_an_attribute_by_another_program_is_read_at_its_event()
    {
        var index = _folder.Index();

        _folder.Set("a", Done, "");
        index.Refresh(["a"]);
        var set = index.Status[Key].Result;
        _ = ExtendedAttributes.TryRemove(_folder.At("a"), Done);
        index.Refresh(["a"]);

        set.Should().Be(StatusState.Done);
        index.Status.All.Should().BeEmpty();
    }

    [Fact]
    public void Status_files_are_no_results_where_attributes_are_but_for_the_account_of_a_move()
    {
        _ = _folder.Write("._w_0_a.done", "{}");
        _ = _folder.Write("._w_0_a.moving", "{}");
        var index = _folder.Index();

        index.Refresh(["._w_0_a.done", "._w_0_a.moving"]);

        index.Status[Key].States.Should().Be(1 << (int)StatusState.Moving);
        _folder.Index().Status[Key].States.Should().Be(1 << (int)StatusState.Moving);
        index.Refresh(["a"]);
        index.Status[Key].States.Should().Be(1 << (int)StatusState.Moving, "it is not of the file");
    }

    [Fact]
    public void A_file_whose_ctime_is_known_is_not_read_again()
    {
        _folder.Set("a", Done, "");
        _ = _folder.Write("b");
        var reader = new AttributeReader(_folder.Settings(), _folder.Time);

        Scan("a", "b").Should().Be((2, 1));
        Scan("a", "b").Should().Be((2, 1));
        _folder.Set("b", Done, "");
        Scan("a", "b").Should().Be((3, 2));
        Scan("a").Should().Be((3, 1));
        Scan("a").Should().Be((3, 1));
        Scan("a", "b").Should().Be((4, 2), "what was gone in between is forgotten");

        (int Reads, int Results) Scan(params string[] files)
        {
            reader.BeginScan();
            var results = files.Sum(file => reader.EntriesOf(_folder.Path, file, isFresh: false).Count());
            return (reader.Reads, results);
        }
    }

    [Fact]
    public void A_file_that_has_just_changed_is_read_again()
    {
        var early = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(-1));
        var reader = new AttributeReader(_folder.Settings(), early);

        _ = reader.EntriesOf(_folder.Path, "a", isFresh: false);
        _ = reader.EntriesOf(_folder.Path, "a", isFresh: false);

        reader.Reads.Should().Be(2, "two changes in one tick of the clock have the same ctime");
    }

    [Fact]
    public void The_names_of_one_file_share_its_results()
    {
        _ = File.CreateSymbolicLink(_folder.At("link"), _folder.At("a"));
        _ = File.CreateSymbolicLink(_folder.At("dangling"), _folder.At("none"));
        var index = _folder.Index();

        _ = _folder.Account().Write(index.Status, new WorkKey(0, "link"), StatusState.Done, "{\"id\":\"j\"}"u8.ToArray(), now: 10);

        _folder.AttributesOf("a").Should().Equal(Done);
        _folder.Index().Status.All.Select(entry => entry.Key.FileName).Should().BeEquivalentTo("a", "link");
    }

    [Fact]
    public void Files_of_sub_folders_and_with_names_that_are_not_UTF_8_have_results()
    {
        _ = _folder.Folder("sub");
        var names = new[] { "sub/b", "sub/\udcff" };
        File.Copy(_folder.At("a"), _folder.At("sub/b"));
        ByteFile.Copy(_folder.At("a"), _folder.At(names[1]));
        var account = _folder.Account("'recursive':true");
        var table = new StatusTable();

        foreach (var name in names)
            _ = account.Write(table, new WorkKey(0, name), StatusState.Done, "{}"u8.ToArray(), now: 10);
        var index = _folder.Index("'recursive':true");
        index.Refresh(names);

        index.Status.All.Select(entry => entry.Key.FileName).Should().BeEquivalentTo(names);
        _folder.Index("'recursive':true").Status.All.Should().HaveCount(2);
        ByteFile.Delete(_folder.At(names[1]));
        File.Move(_folder.At("sub/b"), _folder.At("c"));
        _folder.Index("'recursive':true").Status[new WorkKey(0, "c")].Result.Should().Be(StatusState.Done);
    }

    [Fact]
    public void A_step_that_the_watch_has_no_more_has_no_results()
    {
        _folder.Set("a", "user.w_1.done", "");

        _folder.Index().Status.All.Should().BeEmpty();
        _folder.Index(Some.Jobs(2)).Status.All.Should().ContainSingle();
    }
}
