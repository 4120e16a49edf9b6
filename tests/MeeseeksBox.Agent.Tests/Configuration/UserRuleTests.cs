using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Reconfiguration;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary><c>user</c> and <c>group</c>, which later versions of the original have.</summary>
public sealed class UserRuleTests
{
    [Theory]
    [InlineData("alice", "user=alice")]
    [InlineData("alice", "user=1000")]
    [InlineData("alice", "user=alice", "group=alice")]
    [InlineData("alice", "user=alice", "group=1000")]
    [InlineData("root", "user=root")]
    [InlineData("root", "user=0", "group=root")]
    [InlineData("root", "user=bob")]
    [InlineData("root", "user=bob", "group=alice", "pools.p.user=alice")]
    [InlineData("root", "user=4711", "group=4711")]
    [InlineData("alice", "pools.p.user=1000", "pools.p.group=alice")]
    [InlineData("alice", "user=null", "group=null")]
    public void There_is_no_problem_when_the_box_runs_as_configured(string own, params string[] words)
    {
        var result = BoxConfigurationReader.Read(words, new FakeAccounts(own));

        result.IsGood.Should().BeTrue();
        result.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("user: this host has no user 'carol', and no job may run as root instead", "user=carol")]
    [InlineData("user: this host has no user '-1', and no job may run as root instead", "user=-1")]
    [InlineData("user: this host has no account with the number 4711, so 'group' must be set, too", "user=4711")]
    [InlineData("group: this host has no group 'staff', and no job may run with the group of root instead", "user=bob", "group=staff")]
    [InlineData("group: user 'bob' (1001) may not have the group of root", "user=bob", "group=0")]
    [InlineData("pools.p.user: no job may run as root, because 'user' of the box is 'bob' (1001)", "user=bob", "pools.p.user=toor")]
    [InlineData("pools.p.user: this host has no user 'carol', and no job may run as root instead", "user=bob", "pools.p.user=carol")]
    [InlineData(
        "pools.p.plugin: a plugin runs inside the box, which is root, and not as 'bob' (1001)", "user=bob", "pools.p.plugin=Plumbus")]
    public void A_root_box_that_is_not_sure_of_a_user_is_rejected(string problem, params string[] words) =>
        BoxConfigurationReader.Read(words, new FakeAccounts("root")).Problems.Should().Equal($"command line: {problem}");

    [Theory]
    [InlineData("pools.p.user: the box runs as 'alice' (1000) and cannot run jobs as 'bob'; only a box that is root can", "user", "bob")]
    [InlineData("pools.p.group: the box runs with the group 'alice' (1000) and cannot run jobs with 'bob'", "group", "bob")]
    public void Any_other_box_cannot_have_a_pool_of_another_user(string problem, string key, string value) =>
        BoxConfigurationReader.Read([$"pools.p.{key}={value}"], new FakeAccounts("alice")).Problems
            .Should().Equal($"command line: {problem}");

    [Fact]
    public void A_root_box_without_user_has_a_warning() =>
        (WarningOf("root"), WarningOf("alice")).Should().Be(
            ("the box runs as root, and so do its jobs: set 'user' to run them as another user", null));

    [Theory]
    [InlineData("root", true)]
    [InlineData("root", true, "listen.address=unix:/run/m.sock,localhost")]
    [InlineData("root", false, "listen.address=unix:/run/m.sock")]
    [InlineData("root", false, "listen.allow.*=submit")]
    [InlineData("bob", false)]
    public void A_root_box_with_user_has_a_warning_when_each_client_of_a_port_may_name_any_user(
        string own, bool isExpected, params string[] words) =>
        (WarningOf(own, ["user=bob", .. words])?.Contains("may name any user")).Should().Be(isExpected ? true : null);

    [Fact]
    public void A_request_cannot_make_jobs_run_as_root_under_a_user()
    {
        var accounts = new FakeAccounts("root");
        var before = BoxConfigurationReader.Read(["user=bob", "pools.p.slots=1"], accounts);

        var pool = BoxConfigurationReader.Merge(before.Tree, JsonElement.Parse("""{"pools": {"p": {"user": "root"}}}"""), accounts);
        var box = BoxConfigurationReader.Merge(before.Tree, JsonElement.Parse("""{"!user": null}"""), accounts);

        pool.Problems.Should().ContainSingle().Which.Should().StartWith("config request: pools.p.user: no job may run as root");
        FixedSettings.Problems(before.Config!, box.Config!, isRoot: true).Should()
            .Equal("user, group: cannot change while the box runs; restart it");
        FixedSettings.Problems(before.Config!, box.Config!, isRoot: false).Should().BeEmpty();
    }

    [Theory]
    [InlineData(
        "user: the box runs as 'alice' (1000) and cannot change to 'bob' (1001); its jobs run as 'alice' (1000)",
        "user=bob", "group=bob")]
    [InlineData(
        "user: the box runs as 'alice' (1000) and cannot change to 'root' (0); its jobs run as 'alice' (1000)",
        "user=root")]
    [InlineData(
        "user: the box runs as 'alice' (1000) and cannot change to 'carol', which this host does not have; its jobs run as 'alice' (1000)",
        "user=carol")]
    [InlineData(
        "group: the box runs with the group 'alice' (1000) and cannot change to 'bob' (1001); its jobs run with 'alice' (1000)",
        "user=alice", "group=bob")]
    [InlineData(
        "group: the box runs with the group 'alice' (1000) and cannot change to 'staff'; its jobs run with 'alice' (1000)",
        "user=alice", "group=staff")]
    [InlineData("group: it has no effect without 'user'", "group=bob")]
    public void Any_other_box_has_a_warning_for_a_difference(string warning, params string[] words)
    {
        var result = BoxConfigurationReader.Read(words, new FakeAccounts("alice"));

        result.IsGood.Should().BeTrue();
        result.Warnings.Should().Equal($"command line: {warning}");
    }

    [Fact]
    public void A_user_that_is_not_text_is_a_problem()
    {
        BoxConfigurationReader.Read(["user=[1]"], new FakeAccounts("alice")).Problems
            .Should().Equal("command line: user: a list is not text");
    }

    [Fact]
    public void Users_and_groups_come_from_the_system()
    {
        var accounts = new HostAccounts();

        accounts.FindUser("root").Should().BeEquivalentTo(new { Id = 0u, Name = "root", GroupId = 0u, IsKnown = true })
            .And.Be(accounts.FindUser("0"));
        accounts.GroupsOf(accounts.FindUser("root")!, 4711).Should().Contain(4711).And.BeInAscendingOrder();
        accounts.FindGroup("root").Should().Be(new Account(0, "root", 0)).And.Be(accounts.FindGroup("0"));
        accounts.FindUser("no such user").Should().BeNull();
        accounts.FindGroup("no such group").Should().BeNull();
        accounts.FindUser("4000000000").Should().Be(new Account(4_000_000_000, "4000000000", 4_000_000_000) { IsKnown = false });
        accounts.FindUser("4294967295").Should().BeNull();
        accounts.FindUser("-1").Should().BeNull();
        accounts.OwnUser.Name.Should().Be(Environment.UserName);
        accounts.OwnGroup.Name.Should().NotBeEmpty();
    }

    private static string? WarningOf(string own, params string[] words)
    {
        var accounts = new FakeAccounts(own);
        return UserRule.Warning(BoxConfigurationReader.Read(words, accounts).Config!, accounts);
    }
}
