using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>A job never runs with other rights than those it asks for (docs/SPECIFICATION.md#job-user).</summary>
public sealed class JobAccountTests
{
    private static readonly HostAccounts Host = new();
    private static readonly Job Plain = new() { Id = "a" };

    [Fact]
    public void A_job_that_names_nobody_runs() => Refusal(null, null).Should().BeNull();

    [Fact]
    public void A_job_for_the_user_and_the_group_of_the_box_runs() =>
        Refusal($"{Host.OwnUser.Id}", $"{Host.OwnGroup.Id}").Should().BeNull();

    [Fact]
    public void They_may_be_named() => Refusal(Host.OwnUser.Name, Host.OwnGroup.Name).Should().BeNull();

    [Fact]
    public void A_job_for_another_user_is_refused_and_both_are_named()
    {
        var other = Host.OwnUser.Id + 4711;

        Refusal($"{other}", null).Should().StartWith($"cannot run as user '{other}' ({other}): the box runs as {Host.OwnUser};");
    }

    [Fact]
    public void A_job_for_another_group_is_refused_and_both_are_named()
    {
        var other = Host.OwnGroup.Id + 4711;

        Refusal($"{Host.OwnUser.Id}", $"{other}").Should().StartWith($"cannot run as group '{other}' ({other}): the box runs as {Host.OwnGroup};");
    }

    [Theory]
    [InlineData("no-such-user", null, "cannot run as user 'no-such-user': this node has no such user")]
    [InlineData(null, "no-such-group", "cannot run as group 'no-such-group': this node has no such group")]
    public void A_name_that_this_host_does_not_know_is_refused(string? uid, string? gid, string expected) => Refusal(uid, gid).Should().StartWith(expected);

    private static string? Refusal(string? uid, string? gid) => JobAccount.Refusal(Plain with { Uid = uid, Gid = gid }, Host);
}
