using System.Globalization;
using MeeseeksBox.Agent.Host;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>SPEC.md §3: a job never runs with other rights than those it asks for.</summary>
public sealed class JobAccountTests
{
    private static readonly Job Plain = new() { Id = "a" };

    private static string User => Text(Accounts.EffectiveUser);

    private static string Group => Text(Accounts.EffectiveGroup);

    [Fact]
    public void A_job_that_names_nobody_runs() => JobAccount.Refusal(Plain).Should().BeNull();

    [Fact]
    public void A_job_for_the_user_and_the_group_of_the_box_runs() => JobAccount.Refusal(Plain with { Uid = User, Gid = Group }).Should().BeNull();

    [Fact]
    public void The_user_may_be_named() =>
        JobAccount.Refusal(Plain with { Uid = Accounts.ShowUser(Accounts.EffectiveUser).Split(' ')[0] }).Should().BeNull();

    [Fact]
    public void A_job_for_another_user_is_refused_and_both_are_named()
    {
        var other = Accounts.EffectiveUser + 4711;

        JobAccount.Refusal(Plain with { Uid = Text(other) }).Should()
            .StartWith($"cannot run as user {other}: this box runs as ").And.Contain($"{Accounts.ShowUser(Accounts.EffectiveUser)};");
    }

    [Fact]
    public void A_job_for_another_group_is_refused_and_both_are_named()
    {
        var other = Accounts.EffectiveGroup + 4711;

        JobAccount.Refusal(Plain with { Gid = Text(other) }).Should()
            .StartWith($"cannot run as group {other}: this box runs as ").And.Contain($"{Accounts.ShowGroup(Accounts.EffectiveGroup)};");
    }

    [Theory]
    [InlineData("no-such-user", null, "cannot run as user 'no-such-user': this node has no such user")]
    [InlineData(null, "no-such-group", "cannot run as group 'no-such-group': this node has no such group")]
    public void A_name_that_this_host_does_not_know_is_refused(string? uid, string? gid, string expected) =>
        JobAccount.Refusal(Plain with { Uid = uid, Gid = gid }).Should().StartWith(expected);

    [Fact]
    public void A_user_with_a_name_is_shown_with_both()
    {
        Accounts.UserNumber("root").Should().Be(0);
        Accounts.GroupNumber("root").Should().Be(0);
        Accounts.ShowUser(0).Should().Be("root (0)");
        Accounts.ShowUser(uint.MaxValue - 5).Should().Be("4294967290");
    }

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
