using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>What is known of late files over a restart (docs/SPECIFICATION.md#late-files).</summary>
public sealed class LateAccountStoreTests : IDisposable
{
    private static readonly LateAccount First = new("a", At: 1, Handled: 10, IsLate: true);
    private static readonly LateAccount Second = new("b", At: 20, Handled: 10, IsLate: false);

    private readonly TemporaryFolder _folder = new();
    private readonly LinesLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_next_instance_reads_what_is_kept()
    {
        var store = Store();
        store.Read().Should().BeNull();

        store.Keep(First);
        store.Keep(Second);

        Store().Read().Should().Be(Second);
        Directory.GetFileSystemEntries(_folder.Path).Should().ContainSingle("no temporary file is left");
    }

    [Fact]
    public void An_account_is_not_replaced_before_it_was_read()
    {
        Keep(First);
        var store = Store();

        store.Keep(Second);
        Store().Read().Should().Be(First);
        store.Read();
        store.Restart();
        store.Keep(Second);

        store.IsRead.Should().BeFalse();
        Store().Read().Should().Be(First);
    }

    [Fact]
    public void A_kept_account_is_not_written_again()
    {
        var store = Store();
        store.Read();
        store.Keep(First);
        Keep(Second);

        store.Keep(First with { });

        Store().Read().Should().Be(Second);
    }

    [Fact]
    public void An_alarm_that_another_watcher_has_handled_is_known()
    {
        var store = Store();
        store.IsHandled(Alarm(10)).Should().BeFalse();

        Keep(First);

        store.IsHandled(Alarm(10)).Should().BeTrue();
        store.IsHandled(Alarm(11)).Should().BeFalse();
    }

    [Fact]
    public void A_failure_is_logged_and_the_account_is_written_when_it_can_be()
    {
        var away = _folder.File("away/for/now");
        var store = Store(away);
        store.Read();

        store.Keep(First);
        store.Keep(Second);
        _log.Lines.Should().ContainSingle("the same fault is logged once")
            .Which.Should().StartWith("Error: ").And.Contain("on_late may run again");
        _ = Directory.CreateDirectory(away);
        store.Keep(First);

        Store(away).Read().Should().Be(First);
        _log.Lines.Should().HaveCount(2);
    }

    private void Keep(LateAccount account)
    {
        var other = Store();
        _ = other.Read();
        other.Keep(account);
    }

    private LateAccountStore Store(string? folder = null) => new(Some.Watch(), () => folder ?? _folder.Path, _log.Logger);

    private static LateAlarm Alarm(long dueAt) => new(dueAt, TimeSpan.FromHours(1), null);
}
