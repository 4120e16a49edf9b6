using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Tls;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Listening;

/// <summary>What each role permits (docs/SPECIFICATION.md#roles).</summary>
public sealed class RoleTests(RoleTests.BoxWithRoles fixture) : BoxTests(fixture), IClassFixture<RoleTests.BoxWithRoles>
{
    private const string Readers = "read submit peer admin";
    private const string Senders = "submit peer admin";
    private const string Submitters = "submit admin";
    private const string Admins = "admin";

    private static readonly (string Request, string Allowed)[] Requests =
    [
        ("""{"ls":{}}""", Readers),
        ("""{"status":{}}""", Readers),
        ("""{"nodes":{}}""", Readers),
        ("""{"pools":{}}""", Readers),
        ("""{"job":"nosuch"}""", Readers),
        ("""{"get":{"seq":0}}""", Readers),
        ("""{"tail":{"id":"nosuch"}}""", Readers),
        ("""{"config":{}}""", Readers),
        ("""{"sync":{}}""", Senders),
        (
            """{"sync":{"unassigned":{"pool":"nowhere","args":["x"],"node":false,"state":"new","submit_ts":5,"ts":5}},"get":{"seq":0}}""",
            Senders
        ),
        ("""{"kill":["nosuch"],"signal":10}""", Senders),
        ("""{"submit":{"pool":"nowhere","args":["x"]}}""", Submitters),
        ("""{"kill":["nosuch"]}""", Submitters),
        ("""{"suspend":["nosuch"]}""", Submitters),
        ("""{"resume":["nosuch"]}""", Submitters),
        ("""{"modify":{"nosuch":{"rc":1}}}""", Admins),
        ("""{"config":{"use_loadavg":true}}""", Admins),
        ("""{"submit":{"pool":"__config","node":"n1","args":{"use_loadavg":true}}}""", Admins),
        ("""{"submit":{"id":"of","pool":"__config","node":["n1","n2"],"args":{"use_loadavg":true}}}""", Admins),
    ];

    [Theory]
    [InlineData("none")]
    [InlineData("read")]
    [InlineData("submit")]
    [InlineData("peer")]
    [InlineData("admin")]
    public async Task Each_request_needs_its_role(string role)
    {
        using (var client = await ConnectAsync(role))
            await AssertAllowedAsync(role, client.AskAsync);

        // Without a certificate, the role is that of everybody.
        await using var open = await RunningBox.StartAsync(
            $"listen.allow.*={role}", $"listen.address=127.0.0.1,unix:{fixture.SocketOf(role)}", "pools.p=");
        using var plain = await open.ConnectAsync();
        await AssertAllowedAsync(role, plain.AskAsync);
        using var local = await BoxConnection.OpenAsync(fixture.SocketOf(role));
        await AssertAllowedAsync(role, local.AskAsync);
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("peer")]
    public async Task Only_an_admin_changes_a_configuration_job(string role)
    {
        using var boss = await ConnectAsync("admin");
        using var client = await ConnectAsync(role);
        var id = $"kept-{role}";
        _ = await boss.AskAsync(
            $$$$"""[{"submit":{"id":"{{{{id}}}}","pool":"__config","node":"elsewhere","args":{"use_loadavg":false}}}]""");
        var job = (await boss.AskAsync($$"""[{"job":"{{id}}"}]"""))[0].GetProperty("job");

        foreach (var request in new[] { "kill", "suspend" })
            (await client.AskAsync($$"""[{"{{request}}":"{{id}}"}]"""))[0].Text("code").Should().Be("forbidden");

        // One that calls itself another pool, one that is killed, and a new one.
        foreach (var change in new[] { "\"pool\":\"p\",\"args\":[\"true\"]", "\"state\":\"killed\"", "\"args\":{\"use_loadavg\":true}" })
        {
            var copy = job.GetRawText().TrimEnd('}') + $",{change},\"ts\":9e9}}";
            _ = await client.AskAsync(Sync(id, copy));
        }

        var synced = await client.AskAsync(
            """[{"sync":{"new":{"pool":"__config","node":"n1","args":{"use_loadavg":true},"state":"new","submit_ts":5,"ts":5}}}]""");
        synced[0].TryGetProperty("error", out _).Should().BeFalse("one configuration does not stop the other jobs of a line");
        (await boss.AskAsync($$"""[{"job":"{{id}}"}]"""))[0].GetProperty("job").GetRawText().Should().Be(job.GetRawText());
        (await boss.AskAsync("""[{"job":"new"}]"""))[0].GetProperty("job").Text("state").Should().Be("failed");
    }

    [Fact]
    public async Task Role_submit_cannot_tell_the_status_of_a_job_by_sync_and_kills_it_so()
    {
        using var boss = await ConnectAsync("admin");
        using var client = await ConnectAsync("submit");
        _ = await boss.AskAsync("""[{"submit":{"id":"held","pool":"p","args":["sleep","60"]}}]""");
        var job = await Box.WaitForAsync(
            async () => (await boss.AskAsync("""[{"job":"held"}]"""))[0].GetProperty("job"), job => job.Text("state") is "running");

        string CopyWith(string change) => Sync("held", job.GetRawText().TrimEnd('}') + $",{change},\"ts\":9e9}}");
        _ = await client.AskAsync(CopyWith("\"state\":\"done\",\"rc\":0,\"epoch\":7"));
        (await boss.AskAsync("""[{"job":"held"}]"""))[0].GetProperty("job").Text("state").Should().Be("running");

        _ = await client.AskAsync(CopyWith("\"state\":\"killed\""));
        (await boss.AskAsync("""[{"job":"held"}]"""))[0].GetProperty("job").Text("state").Should().Be("killed");
    }

    // Each role of a head at its node, with an administrator at the head.
    [Theory]
    [InlineData("read", false, false)]
    [InlineData("submit", true, false)]
    [InlineData("peer", true, false)]
    [InlineData("admin", true, true)]
    public async Task A_head_passes_on_what_its_role_permits(string role, bool runsJobs, bool configures)
    {
        await using var head = await RunningBox.StartAsync(
            $"name=head-{role}", "nodes.n1.address=127.0.0.1", $"nodes.n1.port={Box.Port}", $"nodes.n1.ssl.cafile={fixture.AuthorityFile}",
            $"nodes.n1.ssl.cert={fixture.CertificateOf(role)}");
        var (job, configuration) = ($"by-{role}", $"config-by-{role}");
        if (!runsJobs)
        {
            await head.WaitForLogAsync("this needs the role 'submit', and yours is 'read'");
            return;
        }

        var settings = new { use_loadavg = true };
        _ = await head.AskObjectAsync(new { submit = new { id = configuration, pool = "__config", node = "n1", args = settings } });
        _ = await head.AskObjectAsync(new { submit = new { id = job, pool = "p", node = "n1", args = Some.True } });

        (await head.WaitForEndAsync(job)).Text("state").Should().Be("done");
        var ended = await head.WaitForEndAsync(configuration);
        ended.Text("state").Should().Be(configures ? "done" : "failed");
        if (!configures)
            ended.Text("error").Should().Contain("needs the role 'admin'");
    }

    [Fact]
    public async Task A_client_with_a_list_of_pools_uses_these_only()
    {
        using var boss = await ConnectAsync("admin");
        using var client = await ConnectAsync("limited");
        _ = await boss.AskAsync("""[{"submit":{"id":"other","pool":"nowhere","args":["x"]}}]""");

        var mine = await client.AskAsync("""[{"submit":{"id":"mine","pool":"p","args":["true"]}}]""");
        mine[0].GetProperty("submit").Keys().Should().Equal("mine");
        _ = await Box.WaitForAsync(
            async () => (await boss.AskAsync("""[{"job":"mine"}]"""))[0].GetProperty("job"), job => job.Text("state") is "done");
        foreach (var request in new[]
        {
            """{"submit":{"pool":"q","args":["x"]}}""",
            """{"submit":{"id":"other","tags":["x"]}}""",
            """{"kill":"other"}""",
            """{"suspend":"other"}""",
            """{"submit":{"id":"mine","pool":"q","args":["x"],"state":"new"}}""",
        })
        {
            (await client.AskAsync($"[{request}]"))[0].Text("code").Should().Be("forbidden", request);
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

    private static async Task AssertAllowedAsync(string role, Func<string, Task<JsonElement>> ask)
    {
        foreach (var (request, allowed) in Requests)
        {
            var answer = (await ask($"[{request}]"))[0];

            (answer.Find("code")?.GetString() is "forbidden")
                .Should().Be(!allowed.Split(' ').Contains(role), $"{request} is for {allowed}, and was answered with {answer}");
        }
    }

    // Of two equal keys of the copy, the last one counts.
    private static string Sync(string id, string copy)
    {
        var merged = new Dictionary<string, JsonElement>();
        foreach (var property in JsonElement.Parse(copy).EnumerateObject())
            merged[property.Name] = property.Value;
        return $"[{{\"sync\":{{\"{id}\":{JsonSerializer.Serialize(merged)}}}}}]";
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
                "listen.allow.peer=peer",
                "listen.allow.limited={\"role\":\"submit\",\"pools\":[\"p\"]}",
                "listen.allow.admin=admin",
                "pools.p=") => (_folder, Authority) = (folder, authority);

        /// <summary>The file of its certificate.</summary>
        public string AuthorityFile => _folder.File("ca.pem");

        /// <summary>Writes the certificate of a client, with its key, to a file.</summary>
        public string CertificateOf(string name) => _folder.Write($"{name}.pem", Authority.Sign(name).Together);

        /// <summary>A path for the Unix socket of a further box.</summary>
        public string SocketOf(string role) => _folder.File($"{role}.sock");

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
