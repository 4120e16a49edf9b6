using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Pools;
using MeeseeksBox.Agent.Tests.Configuration;
using MeeseeksBox.Foundation;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.Pools;

/// <summary>As which user a job runs (docs/SPECIFICATION.md#job-user).</summary>
public sealed class JobAccountsTests
{
    // uid and gid of the job, user of the pool, user of the box, and the result: user:group:groups.
    [Theory]
    [InlineData("alice", null, null, null, "1000:1000:1000")]
    [InlineData("1000", null, null, null, "1000:1000:1000")]
    [InlineData("bob", null, null, null, "1001:1001:27,1001")]
    [InlineData("bob", "alice", null, null, "1001:1000:27,1000")]
    [InlineData("4711", "alice", null, null, "4711:1000:1000")]
    [InlineData("4711", "815", null, null, "4711:815:815")]
    [InlineData("alice", null, "bob", "bob", "1000:1000:1000")]
    [InlineData(null, null, "alice", "bob", "1000:1000:1000")]
    [InlineData(null, null, null, "bob", "1001:1001:27,1001")]
    [InlineData(null, "alice", null, "bob", "1001:1000:27,1000")]
    [InlineData(null, "alice", null, null, "0:1000:1000")]
    public void A_root_box_takes_the_user_of_the_job_then_of_the_pool_then_of_the_box(
        string? uid, string? gid, string? pool, string? box, string expected)
    {
        var account = Of("root", uid, gid, pool, box);

        account.Problem.Should().BeNull();
        account.Value!.Credentials.ToString().Should().Be(expected);
        account.Value.Login!.Id.ToString().Should().Be(expected.Split(':')[0]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("root", null)]
    [InlineData("toor", "root")]
    public void A_root_box_without_user_runs_jobs_as_itself(string? uid, string? gid)
    {
        Of("root", uid, gid, null, null).Value.Should().Be(RunAccount.OfBox);
        Of("root", uid, gid, "root", "root").Value.Should().Be(RunAccount.OfBox);
    }

    [Theory]
    [InlineData("root", null, "cannot run as root: jobs run here as user 'bob' (setting 'user')")]
    [InlineData("toor", null, "cannot run as root: jobs run here as user 'bob'")]
    [InlineData("toor", "alice", "cannot run as root: ")]
    [InlineData("carol", null, "cannot run as user 'carol': this node has no such user; ")]
    [InlineData("alice", "carol", "cannot run with group 'carol': this node has no such group; ")]
    [InlineData(null, "carol", "cannot run with group 'carol': ")]
    [InlineData("alice", "root", "cannot run as user 'alice' (1000) with the group of root")]
    [InlineData(null, "toor", "cannot run as user 'bob' (1001) with the group of root")]
    [InlineData("4711", null, "cannot run as user 4711: this node has no account with this number, so name a group with gid")]
    [InlineData("4294967295", null, "cannot run as user ")]
    public void Nothing_runs_as_root_under_a_user_setting_or_in_doubt(string? uid, string? gid, string problem)
    {
        Of("root", uid, gid, null, "bob").Problem.Should().StartWith(problem);
        Of("root", uid, gid, "bob", null).Problem.Should().StartWith(problem);
        Of("root", uid, gid, "bob", "root").Problem.Should().StartWith(problem);
    }

    [Theory]
    [InlineData("gone", null)]
    [InlineData(null, "gone")]
    [InlineData("gone", "alice")]
    [InlineData("root", "alice")]
    public void A_setting_that_the_host_does_not_know_any_more_or_that_lifts_the_limit_fails_the_job(string? pool, string? box) =>
        Of("root", null, null, pool, box).IsSuccess.Should().BeFalse();

    [Theory]
    [InlineData(null, null)]
    [InlineData("alice", "alice")]
    [InlineData("1000", "1000")]
    public void Any_other_box_runs_jobs_as_itself_alone(string? uid, string? gid) =>
        Of("alice", uid, gid, null, "bob").Value.Should().Be(RunAccount.OfBox);

    [Theory]
    [InlineData("bob", null, "cannot run as user 'bob' (1001): the box runs as 'alice' (1000); ")]
    [InlineData("root", null, "cannot run as user 'root' (0): the box runs as 'alice' (1000); ")]
    [InlineData("alice", "bob", "cannot run as group 'bob' (1001): the box runs as 'alice' (1000); ")]
    [InlineData("carol", null, "cannot run as user 'carol': this node has no such user")]
    [InlineData(null, "carol", "cannot run as group 'carol': this node has no such group")]
    public void Any_other_box_rejects_a_job_for_another_account_with_both_names(string? uid, string? gid, string problem) =>
        Of("alice", uid, gid, null, null).Problem.Should().StartWith(problem);

    [Fact]
    public void A_plugin_runs_as_the_box_alone()
    {
        Of("root", "alice", null, null, null, isPlugin: true).Problem.Should()
            .Be("cannot run as user 'alice' (1000): a plugin runs inside the box, which runs as 'root' (0)");
        Of("root", null, null, null, null, isPlugin: true).IsSuccess.Should().BeTrue();
    }

    private static Result<RunAccount> Of(string own, string? uid, string? gid, string? pool, string? box, bool isPlugin = false)
    {
        var job = new Job { Id = "a", Spec = JobSpec.Empty with { Uid = uid, Gid = gid } };
        return new JobAccounts(new UserConfig(box, null), new FakeAccounts(own)).Of(job, new UserConfig(pool, null), isPlugin);
    }
}
