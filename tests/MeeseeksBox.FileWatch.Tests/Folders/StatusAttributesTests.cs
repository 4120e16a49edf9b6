using System.Text;
using System.Text.Json;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.WatchAgent.Folders;
using MeeseeksBox.WatchAgent.Watches;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>Results are written into attributes of the files (docs/SPECIFICATION.md#status-attributes).</summary>
public sealed class StatusAttributesTests : IDisposable
{
    private const string Text =
        """
        {"id": "j", "pool": "p", "args": ["/bin/x"], "env": {"TOKEN": "secret"}, "state": "failed", "node": "n", "submit_ts": 1.5,
         "start_ts": 2, "end_ts": 3, "rc": 7, "error": "why", "watch_failures": 2}
        """;

    private static readonly WorkKey Key = new(0, "a");

    private readonly AttributeFolder _folder = new();
    private readonly StatusTable _table = new();
    private readonly StatusAccount _account;

    public StatusAttributesTests()
    {
        _account = _folder.Account();
        _ = _folder.Write("a");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_is_an_attribute_of_its_file_and_no_file()
    {
        _ = _account.Write(_table, Key, StatusState.Done, Bytes(Text), now: 10);

        _table[Key].Result.Should().Be(StatusState.Done);
        _folder.AttributesOf("a").Should().Equal("user.w_0.done");
        _folder.Names.Should().Equal("a");
    }

    [Fact]
    public void A_value_says_what_became_of_the_job_and_not_what_it_was_told_to_do()
    {
        _ = _account.Write(_table, Key, StatusState.Failed, Bytes(Text), now: TimeSpan.TicksPerSecond, failures: 2);

        _folder.Get("a", "user.w_0.failed").Should().Be(
            """{"id":"j","submit_ts":1.5,"start_ts":2,"end_ts":3,"node":"n","state":"failed","rc":7,"watch_failures":2,"""
            + "\"error\":\"why\",\"watch_ts\":1.0000000}");
    }

    [Fact]
    public void A_new_result_removes_the_one_before()
    {
        _ = _account.Write(_table, Key, StatusState.Failed, Bytes(Text), now: 10);
        _ = _account.Write(_table, Key, StatusState.Done, Bytes(Text), now: 20);

        _folder.AttributesOf("a").Should().Equal("user.w_0.done");
        _table[Key].States.Should().Be(1 << (int)StatusState.Done);
    }

    [Fact]
    public void A_file_without_a_job_has_an_empty_value_as_in_the_original()
    {
        _account.Mark(_table, Key, now: 10);

        _folder.Get("a", "user.w_0.done").Should().BeEmpty();
    }

    [Fact]
    public void A_long_error_is_shortened()
    {
        var error = new string('x', 199) + "😀" + new string('y', 5000);
        var text = $$"""{"id":"j","state":"failed","error":"{{error}}"}""";

        _ = _account.Write(_table, Key, StatusState.Failed, Bytes(text), now: 10);

        Value("failed").GetProperty("error").ToString().Should().Be(new string('x', 199) + "…");
    }

    [Fact]
    public void Of_many_jobs_of_one_work_item_the_first_ones_are_kept()
    {
        var jobs = Enumerable.Range(0, 100).Select(number => $$"""
            "j{{number:d3}}":{"id":"j{{number:d3}}","state":"failed","submit_ts":1,"watch_failures":3}
            """);
        var whole = Bytes($"{{{string.Join(',', jobs)}}}");

        _ = _account.Write(_table, Key, StatusState.Failed, whole, now: 10, failures: 3);

        Encoding.UTF8.GetByteCount(_folder.Get("a", "user.w_0.failed")!).Should().BeInRange(500, 1000);
        _account.ReadFailure(Key).Failures.Should().Be(3);
        _account.ReadFailure(Key).IsRunOf(FailureText.Of(whole)).Should().BeTrue("else the same run would count twice after a crash");
        _account.ReadFailure(Key).IsRunOf(FailureText.Of(Bytes(Text))).Should().BeFalse();
    }

    [Fact]
    public void Where_there_is_little_room_a_value_is_shorter_and_where_there_is_none_the_fault_is_of_the_file_only()
    {
        _ = _folder.Write("b");
        Fill(least: 100);
        _ = _account.Write(_table, Key, StatusState.Failed, Bytes(Text), now: 10, failures: 2);
        var kept = _folder.Get("a", "user.w_0.failed")!;
        Fill(least: 0);

        var write = () => _account.Write(_table, Key, StatusState.Done, Bytes(Text), now: 10);

        kept.Length.Should().BeLessThan(120);
        _table[Key].Failures.Should().Be(2);
        write.Should().Throw<StatusNameException>().WithMessage("a: it has no room for one more attribute*");
        _ = _account.Write(_table, new WorkKey(0, "b"), StatusState.Done, Bytes(Text), now: 10);
    }

    [Fact]
    public void A_file_that_is_gone_has_no_result()
    {
        File.Delete(_folder.At("a"));

        _account.Write(_table, Key, StatusState.Done, Bytes(Text), now: 10).Should().BeNull();
        _account.Note(_table, Key, 10);
        _account.Remove(_table, Key, StatusState.Done);

        _table.All.Should().BeEmpty();
    }

    [Fact]
    public void A_failure_has_the_time_and_the_number_of_its_record_also_for_a_watcher_that_starts()
    {
        var now = 17 * TimeSpan.TicksPerSecond;
        _ = _account.Write(_table, Key, StatusState.Failed, Bytes(Text), now, failures: 2);

        var read = _folder.Index().Status;

        (read[Key].FailedAt, read.FailuresOf(Key)).Should().Be((now, 2));
        _table[Key].FailedAt.Should().Be(now, "else its own news would forget the number");
    }

    [Fact]
    public void A_folder_on_a_file_system_without_attributes_is_found_out_and_so_is_one_that_is_read_only()
    {
        var account = StatusAccount.Of(_folder.Settings() with { Path = "/proc" }, () => "/proc");

        account.Invoking(one => one.Probe()).Should().Throw<StatusFolderException>()
            .WithMessage("/proc: its file system has no attributes of users");
        account.ObstacleOf(new WorkKey(0, "version")).Should().Be("version: its file system has no attributes of users");
        _account.Probe();
        _account.ObstacleOf(Key).Should().BeNull();
        _account.ObstacleOf(new WorkKey(0, "gone")).Should().BeNull();
        _folder.AttributesOf("a").Should().BeEmpty("a probe changes no file");
        _folder.Names.Should().Equal("a");
    }

    [Fact]
    public void A_file_that_goes_away_and_comes_back_keeps_its_results()
    {
        _ = _account.Write(_table, Key, StatusState.Failed, Bytes(Text), now: 10);
        var recorder = new StatusRecorder(_folder.Settings(), _account, TimeProvider.System);

        recorder.Forget(_table, "a", made: long.MaxValue).Should().BeFalse();

        _folder.AttributesOf("a").Should().Equal("user.w_0.failed");
    }

    [Fact]
    public void The_change_time_is_exact()
    {
        _account.Note(_table, Key, 12345678901234567);

        _folder.Get("a", "user.w_0.mtime").Should().Be("1234567890.1234567\n");
        _account.ReadTime(Key).Should().Be(12345678901234567);
        _table[Key].Tracked.Should().Be(12345678901234567);
    }

    [Fact]
    public void A_name_that_is_too_long_for_a_status_file_can_be_processed()
    {
        var key = new WorkKey(0, new string('n', 255));
        _ = _folder.Write(key.FileName);

        _account.CanStand(key).Should().BeTrue();
        _ = _account.Write(_table, key, StatusState.Done, Bytes(Text), now: 10);

        _folder.Index().Status[key].Result.Should().Be(StatusState.Done);
        _folder.Account("'done_to':'done'").CanStand(key).Should().BeFalse("a move needs a file for its account");
    }

    [Fact]
    public void The_results_of_a_former_name_become_those_of_the_watch()
    {
        _folder.Set("a", "user.old_0.done", Text);
        _folder.Set("a", "user.old_0.failed", "{}");
        _folder.Set("a", "user.old_1.failed", "{}");
        _folder.Set("a", "user.old_0.mtime", "1\n");
        _folder.Set("a", "user.w_1.done", "own");
        _folder.Set("a", "user.older_0.done", "other");

        _ = _folder.Folder("sub");
        _ = _folder.Write("sub/b");
        _folder.Set("sub/b", "user.old_0.done", Text);

        FormerAccount.Take(_folder.Settings("'recursive':true"), _folder.Path, "old").Should().Be(5);

        _folder.AttributesOf("a").Should().Equal("user.older_0.done", "user.w_0.done", "user.w_0.mtime", "user.w_1.done");
        (_folder.Get("a", "user.w_0.done"), _folder.Get("a", "user.w_1.done")).Should().Be((Text, "own"));
        _folder.AttributesOf("sub/b").Should().Equal("user.w_0.done");
        FormerAccount.Take(_folder.Settings(), _folder.Path, "old").Should().Be(0);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private JsonElement Value(string state) => JsonElement.Parse(_folder.Get("a", $"user.w_0.{state}")!);

    // Other attributes take the room, but for some bytes.
    private void Fill(int least)
    {
        var number = 0;
        foreach (var size in new[] { 1000, 100, 10, 0 }.Where(size => size >= least))
        {
            while (number < 1000 && ExtendedAttributes.TrySet(_folder.At("a"), $"user.f{least}.{number}", new byte[size]) == 0)
                number++;
        }

        Assert.SkipUnless(number < 1000, "the file system of the temporary folder has room for all attributes");
    }
}
