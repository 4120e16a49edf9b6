using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Tls;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Listening;

/// <summary>What each role permits (docs/SPECIFICATION.md#roles).</summary>
public sealed class RoleTests(RoleTests.BoxWithRoles fixture) : BoxTests(fixture), IClassFixture<RoleTests.BoxWithRoles>
{
    private static readonly string[] Roles = ["none", "read", "submit", "admin"];

    private static readonly (string Request, string Needed)[] Requests =
    [
        ("""{"ls":{}}""", "read"),
        ("""{"status":{}}""", "read"),
        ("""{"get":{"seq":0}}""", "read"),
        ("""{"config":{}}""", "read"),
        ("""{"submit":{"pool":"nowhere","args":["x"]}}""", "submit"),
        ("""{"kill":["nosuch"]}""", "submit"),
        ("""{"sync":{}}""", "submit"),
        (
            """{"sync":{"unassigned":{"pool":"nowhere","args":["x"],"node":false,"state":"new","submit_ts":5,"ts":5}},"get":{"seq":0}}""",
            "submit"
        ),
        ("""{"modify":{"nosuch":{"rc":1}}}""", "admin"),
        ("""{"config":{"use_loadavg":true}}""", "admin"),
        ("""{"submit":{"pool":"__config","node":"n1","args":{"use_loadavg":true}}}""", "admin"),
        (
            """{"sync":{"c":{"id":"c","pool":"__config","node":"n1","args":{},"ts":1,"seq":1,"state":"new","submit_ts":1,"tags":[]}}}""",
            "admin"
        ),
    ];

    [Theory]
    [InlineData("none")]
    [InlineData("read")]
    [InlineData("submit")]
    [InlineData("admin")]
    public async Task Each_request_needs_its_role(string role)
    {
        using var client = await ConnectAsync(role);

        foreach (var (request, needed) in Requests)
        {
            var answer = (await client.AskAsync($"[{request}]"))[0];

            var isAllowed = Array.IndexOf(Roles, role) >= Array.IndexOf(Roles, needed);
            (answer.Find("code")?.GetString() is "forbidden")
                .Should().Be(!isAllowed, $"{request} needs {needed}, and was answered with {answer}");
        }
    }

    [Fact]
    public async Task A_rejected_request_names_the_missing_role_and_changes_nothing()
    {
        using var client = await ConnectAsync("read");

        var answer = (await client.AskAsync("""[{"submit":{"id":"rejected","pool":"p","args":["x"]}}]"""))[0];

        answer.GetProperty("submit").ValueKind.Should().Be(JsonValueKind.False);
        answer.Text("error").Should().Be("this needs the role 'submit', and yours is 'read' (listen.allow on this node)");
        _ = await client.AskAsync("""[{"sync":{"synced":{"pool":"p","args":["x"],"node":false,"state":"new","submit_ts":5,"ts":5}}}]""");
        foreach (var id in new[] { "rejected", "synced" })
            (await client.AskAsync($$"""[{"job":"{{id}}"}]"""))[0].GetProperty("job").ValueKind.Should().Be(JsonValueKind.False);
    }

    [Fact]
    public async Task Role_submit_cannot_run_a_configuration_job_again_with_other_settings()
    {
        using var boss = await ConnectAsync("admin");
        using var client = await ConnectAsync("submit");
        _ = await boss.AskAsync("""[{"submit":{"id":"again","pool":"__config","node":"n1","args":{"use_loadavg":false}}}]""");
        _ = await Box.WaitForAsync(
            async () => (await boss.AskAsync("""[{"job":"again"}]"""))[0].GetProperty("job"), job => job.Text("state") is "done");

        var answer = await client.AskAsync("""[{"submit":{"id":"again","state":"new","args":{"use_loadavg":true}}}]""");

        answer[0].Text("code").Should().Be("forbidden");
    }

    [Fact]
    public async Task Certificates_determine_the_role()
    {
        using var reader = await ConnectAsync("read");
        using var boss = await ConnectAsync("admin");
        using var stranger = await ConnectAsync("stranger");
        using var nobody = await TlsConnection.OpenAsync(Box.Port, fixture.Authority);

        (await reader.AskAsync("""[{"ls":"nosuch"}]""")).GetRawText().Should().Be("""[{"ls":[]}]""");
        (await reader.AskAsync("""[{"submit":{"pool":"p","args":["x"]}}]"""))[0].Text("code").Should().Be("forbidden");
        (await boss.AskAsync("""[{"submit":{"id":"a","pool":"p","args":["true"]}}]"""))[0].GetProperty("submit").Keys().Should().Equal("a");
        (await stranger.AskAsync("""[{"ls":{}}]"""))[0].Text("code").Should().Be("forbidden");
        (await nobody.AskAsync("""[{"ls":{}}]"""))[0].Text("code").Should().Be("forbidden");
    }

    private Task<TlsConnection> ConnectAsync(string name) =>
        TlsConnection.OpenAsync(Box.Port, fixture.Authority, fixture.Authority.Sign(name));

    /// <summary>A box that gives a client the role that is the name in its certificate, and all other clients none.</summary>
    public sealed class BoxWithRoles : BoxFixture
    {
        private readonly TemporaryFolder _folder;

        public BoxWithRoles()
            : this(new TemporaryFolder(), new TestAuthority())
        {
        }

        private BoxWithRoles(TemporaryFolder folder, TestAuthority authority)
            : base(
                $"listen.ssl.cert={folder.Write("box.pem", authority.Sign("box").Together)}",
                $"listen.ssl.cafile={folder.Write("ca.pem", authority.Pem)}",
                "listen.ssl.verify=1",
                "listen.allow.*=none",
                "listen.allow.read=read",
                "listen.allow.submit=submit",
                "listen.allow.admin=admin",
                "pools.p=") => (_folder, Authority) = (folder, authority);

        /// <summary>The authority that signs the certificates of box and clients.</summary>
        public TestAuthority Authority { get; }

        /// <inheritdoc/>
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Authority.Dispose();
            _folder.Dispose();
        }
    }
}
