using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>A job never runs with other rights than those in its spec (docs/SPECIFICATION.md#job-user).</summary>
public sealed class JobAccountTests
{
    private static readonly HostAccounts Host = new();
    private static readonly Job Plain = new() { Id = "a" };

    [Fact]
    public void A_job_without_user_and_group_runs() => Refusal(null, null).Should().BeNull();

    [Fact]
    public void A_job_for_the_user_and_the_group_of_the_box_runs() =>
        Refusal($"{Host.OwnUser.Id}", $"{Host.OwnGroup.Id}").Should().BeNull();

    [Fact]
    public void User_and_group_may_be_names() => Refusal(Host.OwnUser.Name, Host.OwnGroup.Name).Should().BeNull();

    [Fact]
    public void A_job_for_another_user_is_rejected_with_both_names()
    {
        var other = Host.OwnUser.Id + 4711;

        Refusal($"{other}", null).Should().StartWith($"cannot run as user '{other}' ({other}): the box runs as {Host.OwnUser};");
    }

    [Fact]
    public void A_job_for_another_group_is_rejected_with_both_names()
    {
        var other = Host.OwnGroup.Id + 4711;

        Refusal($"{Host.OwnUser.Id}", $"{other}")
            .Should().StartWith($"cannot run as group '{other}' ({other}): the box runs as {Host.OwnGroup};");
    }

    [Theory]
    [InlineData("no-such-user", null, "cannot run as user 'no-such-user': this node has no such user")]
    [InlineData(null, "no-such-group", "cannot run as group 'no-such-group': this node has no such group")]
    public void An_unknown_name_is_rejected(string? uid, string? gid, string expected) =>
        Refusal(uid, gid).Should().StartWith(expected);

    private static string? Refusal(string? uid, string? gid) => JobAccount.Refusal(Plain with
    {
        Spec = Plain.Spec with { Uid = uid, Gid = gid },
    }, Host);
}
