using System.Text.Json;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.Listening;
using MeeseeksBox.Agent.Requests;
using MeeseeksBox.Agent.Tests.Configuration;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Tests.Requests;

/// <summary>Which users a client may name for its jobs, and whose jobs it may change (docs/SPECIFICATION.md#job-user).</summary>
public sealed class ClientRightsTests
{
    private static readonly ClientIdentity Remote = new("web", null);

    [Theory]
    [InlineData("admin")]
    [InlineData("peer")]
    [InlineData(null)]
    public void Admins_peers_and_each_client_of_a_box_without_roles_name_any_user(string? role)
    {
        var rights = Of(Remote, "root", role is null ? [] : [$"listen.allow.*={role}"]);

        rights.Role.Should().Be(role is "peer" ? Role.Peer : Role.Admin);
        (rights.Submitter is null).Should().Be(role is not "peer");
        rights.Submitter?.Refusal(Some("bob", "bob")).Should().BeNull();
        Refusal(rights, """{"uid":"carol","gid":27}""").Should().BeNull();
        rights.Refusal(Some("bob", "bob")).Should().BeNull();
    }

    [Theory]
    [InlineData("""{"uid":"alice"}""", true)]
    [InlineData("""{"uid":1000}""", true)]
    [InlineData("""{"uid":"1001"}""", true)]
    [InlineData("""{"uid":0}""", true)]
    [InlineData("{}", true)]
    [InlineData("""{"uid":"root"}""", false)]
    [InlineData("""{"uid":"toor"}""", false)]
    [InlineData("""{"uid":"carol"}""", false)]
    [InlineData("""{"uid":4711}""", false)]
    [InlineData("""{"uid":"alice","gid":"alice"}""", false)]
    [InlineData("""{"gid":"alice"}""", false)]
    public void A_client_with_a_list_of_users_names_those_and_no_group(string spec, bool isAllowed)
    {
        var rights = Of(Remote, "root", """listen.allow.*={"role": "submit", "users": ["alice", 1001]}""");

        rights.Role.Should().Be(Role.Submit);
        Refusal(rights, spec).Should().Match(text => isAllowed == (text == null));
        rights.Submitter!.HasOneUser.Should().BeFalse();
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("peer")]
    public void Only_an_admin_changes_a_configuration_job(string role)
    {
        var configuration = Some(null, null);
        configuration = configuration with { Spec = configuration.Spec with { Pool = "__config" } };

        Of(Remote, "root", [$"listen.allow.*={role}"]).Submitter!.Refusal(configuration).Should().Contain("needs the role 'admin'");
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("""{"role": "submit"}""")]
    [InlineData("""{"role": "submit", "users": []}""")]
    public void A_client_without_a_list_names_no_user_and_has_the_jobs_without_one(string entry)
    {
        var rights = Of(Remote, "root", $"listen.allow.*={entry}");

        Refusal(rights, """{"uid":"alice"}""").Should().Be(
            "uid: this client cannot have a job run as user 'alice' (listen.allow on this node); leave uid and gid out");
        rights.Refusal(Some(null, null)).Should().BeNull();
        rights.Refusal(Some("alice", null)).Should().Be("job 'a' is not yours: it runs as user 'alice'");
        rights.Refusal(Some(null, "alice")).Should().NotBeNull();
    }

    [Fact]
    public void At_a_root_box_a_user_of_this_host_has_jobs_of_its_own_alone()
    {
        var rights = Of(Local(1000), "root");

        rights.Role.Should().Be(Role.Submit);
        (rights.Submitter!.Uid, rights.Submitter.Gid).Should().Be(("1000", "100"));
        foreach (var spec in (string[])["{}", """{"uid":1000}""", """{"uid":"alice","gid":100}""", """{"uid":0}""", """{"gid":"100"}"""])
            Refusal(rights, spec).Should().BeNull(spec);
        foreach (var spec in (string[])["""{"uid":"bob"}""", """{"uid":"root"}""", """{"gid":27}""", """{"uid":1000,"gid":1000}"""])
            Refusal(rights, spec).Should().StartWith("uid: you are 'alice' (1000) and cannot have a job run as ", spec);

        rights.Refusal(Some("1000", "100")).Should().BeNull();
        rights.Refusal(Some("alice", null)).Should().BeNull();
        rights.Refusal(Some("alice", "27")).Should().NotBeNull();
        rights.Refusal(Some(null, null)).Should().Be("job 'a' is not yours: it runs as the user of its pool, and you are 'alice' (1000)");
        rights.Refusal(Some("bob", null)).Should().Be("job 'a' is not yours: it runs as user 'bob', and you are 'alice' (1000)");
    }

    [Theory]
    [InlineData("read", 1)]
    [InlineData("submit", 2)]
    [InlineData("peer", 3)]
    [InlineData("admin", 4)]
    public void A_role_of_all_clients_is_that_of_a_user_of_this_host_too_but_names_no_other_user(string role, int expected)
    {
        var rights = Of(Local(1000), "root", $"listen.allow.*={role}");

        ((int)rights.Role).Should().Be(expected);
        rights.Submitter!.Uid.Should().Be("1000");
    }

    [Theory]
    [InlineData(0u, "root")]
    [InlineData(0u, "alice")]
    [InlineData(1000u, "alice")]
    public void Root_and_the_user_of_the_box_name_any_user(uint peer, string own) => Of(Local(peer), own).Submitter.Should().BeNull();

    [Fact]
    public void At_any_other_box_a_user_of_this_host_may_name_itself()
    {
        var rights = Of(Local(1001), "alice");

        rights.Role.Should().Be(Role.Admin);
        rights.Submitter!.HasOneUser.Should().BeFalse();
        Refusal(rights, "{}").Should().BeNull();
        Refusal(rights, """{"uid":"bob"}""").Should().BeNull();
        Refusal(rights, """{"uid":"alice"}""").Should().NotBeNull();
        rights.Refusal(Some(null, null)).Should().BeNull();
    }

    [Theory]
    [InlineData("""listen.allow.a={"users": ["alice"]}""", "an entry needs a role: none, read, submit, peer or admin")]
    [InlineData("listen.allow.a=read,submit", "a list is not a role; the roles are none, read, submit, peer and admin")]
    [InlineData("listen.allow.a=3", "3 is not a role; the roles are none, read, submit, peer and admin")]
    [InlineData(
        """listen.allow.a={"role": "peer", "users": ["alice"]}""",
        "users: only the role submit has a list of users; peer and admin name any user")]
    public void An_entry_that_makes_no_sense_is_a_problem(string word, string problem) =>
        BoxConfigurationReader.Read([word], new FakeAccounts("alice")).Problems
            .Should().Contain($"command line: listen.allow.a: {problem}");

    private static ClientIdentity Local(uint user) => new(null, new PeerUser(user, 100, 1));

    private static Job Some(string? uid, string? gid) => new() { Id = "a", Spec = JobSpec.Empty with { Uid = uid, Gid = gid } };

    private static string? Refusal(ClientRights rights, string spec) => rights.Refusal(SubmitArgument.Read(JsonElement.Parse(spec)));

    private static ClientRights Of(ClientIdentity client, string own, params string[] words)
    {
        var accounts = new FakeAccounts(own);
        return ClientRights.Of(client, BoxConfigurationReader.Read(words, accounts).Config!.Listen.Allow.Of(client.Name), accounts);
    }
}
