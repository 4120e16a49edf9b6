using System.Text.Json;
using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary><c>user</c> and <c>group</c>, which later versions of the original have.</summary>
public sealed class UserRuleTests
{
    private const string CannotBecomeBob =
        "the box runs as root and cannot change to 'bob' (1001) by itself; start it as that user, with User=bob in its systemd unit";

    [Theory]
    [InlineData("alice", "user=alice")]
    [InlineData("alice", "user=1000")]
    [InlineData("alice", "user=alice", "group=alice")]
    [InlineData("alice", "user=alice", "group=1000")]
    [InlineData("root", "user=root")]
    [InlineData("root", "user=0", "group=root")]
    [InlineData("alice", "user=null", "group=null")]
    public void There_is_no_problem_when_the_box_runs_as_configured(string own, params string[] words)
    {
        var result = BoxConfigurationReader.Read(words, new FakeAccounts(own));

        result.IsGood.Should().BeTrue();
        result.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("user=bob", CannotBecomeBob)]
    [InlineData("user=1001", CannotBecomeBob)]
    [InlineData("user=carol", "this host has no user 'carol', and the box must not stay root instead")]
    public void A_root_box_for_another_user_is_rejected(string word, string problem)
    {
        var result = BoxConfigurationReader.Read([word], new FakeAccounts("root"));

        result.Problems.Should().Equal($"command line: user: {problem}");
        result.IsGood.Should().BeFalse();
    }

    [Fact]
    public void A_request_cannot_set_another_user_in_a_root_box()
    {
        var accounts = new FakeAccounts("root");
        var before = BoxConfigurationReader.Read([], accounts);

        var after = BoxConfigurationReader.Merge(before.Tree, JsonElement.Parse("""{"user": "bob"}"""), accounts);

        after.Problems.Should().ContainSingle().Which.Should().StartWith("config request: user: the box runs as root");
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

        accounts.FindUser("root").Should().Be(new Account(0, "root", 0)).And.Be(accounts.FindUser("0"));
        accounts.FindGroup("root").Should().Be(new Account(0, "root", 0)).And.Be(accounts.FindGroup("0"));
        accounts.FindUser("no such user").Should().BeNull();
        accounts.FindGroup("no such group").Should().BeNull();
        accounts.FindUser("4000000000").Should().Be(new Account(4_000_000_000, "4000000000", 4_000_000_000));
        accounts.OwnUser.Name.Should().Be(Environment.UserName);
        accounts.OwnGroup.Name.Should().NotBeEmpty();
    }
}
