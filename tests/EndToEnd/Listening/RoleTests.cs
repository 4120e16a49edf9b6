using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Tls;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Listening;

/// <summary>What each role permits (docs/SPECIFICATION.md#roles).</summary>
public sealed class RoleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();

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
        await using var box = await RunningBox.StartAsync($"listen.allow.*={role}");

        foreach (var (request, needed) in Requests)
        {
            var answer = (await box.AskLineAsync($"[{request}]"))[0];

            var isAllowed = Array.IndexOf(Roles, role) >= Array.IndexOf(Roles, needed);
            (answer.Find("code")?.GetString() is "forbidden")
                .Should().Be(!isAllowed, $"{request} needs {needed}, and was answered with {answer}");
        }
    }

    [Fact]
    public async Task A_rejected_request_names_the_missing_role_and_changes_nothing()
    {
        await using var box = await RunningBox.StartAsync("listen.allow.*=read", "pools.p=");

        var answer = (await box.AskLineAsync("""[{"submit":{"id":"a","pool":"p","args":["x"]}}]"""))[0];

        answer.GetProperty("submit").ValueKind.Should().Be(JsonValueKind.False);
        answer.Text("error").Should().Be("this needs the role 'submit', and yours is 'read' (listen.allow on this node)");
        (await box.JobAsync("a")).ValueKind.Should().Be(JsonValueKind.False);
    }

    [Fact]
    public async Task Role_submit_cannot_run_a_configuration_job_again_with_other_settings()
    {
        await using var box = await RunningBox.StartAsync("listen.allow.*=admin", "pools.p=");
        _ = await box.SubmitAsync(new { id = "c", pool = "__config", node = "n1", args = new { use_loadavg = false } });
        _ = await box.WaitForEndAsync("c");
        _ = await box.AskAsync("config", new { listen = new { allow = new Dictionary<string, string> { ["*"] = "submit" } } });

        var answer = await box.AskObjectAsync(new { submit = new { id = "c", state = "new", args = new { use_loadavg = true } } });

        answer.Text("code").Should().Be("forbidden");
    }

    [Fact]
    public async Task Certificates_determine_the_role()
    {
        await using var box = await StartAsync(
            "listen.allow.*=none", "listen.allow.reader=read", "listen.allow.operator=admin", "listen.ssl.verify=1");
        using var reader = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("reader"));
        using var boss = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("operator"));
        using var stranger = await TlsConnection.OpenAsync(box.Port, _authority, _authority.Sign("stranger"));
        using var nobody = await TlsConnection.OpenAsync(box.Port, _authority);

        (await reader.AskAsync("""[{"ls":{}}]""")).GetRawText().Should().Be("""[{"ls":[]}]""");
        (await reader.AskAsync("""[{"submit":{"pool":"p","args":["x"]}}]"""))[0].Text("code").Should().Be("forbidden");
        (await boss.AskAsync("""[{"submit":{"id":"a","pool":"p","args":["true"]}}]"""))[0].GetProperty("submit").Keys().Should().Equal("a");
        (await stranger.AskAsync("""[{"ls":{}}]"""))[0].Text("code").Should().Be("forbidden");
        (await nobody.AskAsync("""[{"ls":{}}]"""))[0].Text("code").Should().Be("forbidden");
    }

    [Theory]
    [InlineData("listen.allow.*=boss", "listen.allow.*: 'boss' is not a role; the roles are none, read, submit and admin")]
    [InlineData("listen.allow.*=2", "2 is not a role")]
    [InlineData("listen.allow.alice=read", "listen.allow: it names clients, but no certificate is requested")]
    [InlineData("listen.mode=rw", "listen.mode: 'rw' is not a file mode")]
    public async Task A_wrong_setting_is_a_problem_of_the_configuration(string word, string problem)
    {
        var (status, _, errors) = await BoxProgram.RunAsync("--check", word);

        status.Should().Be(2);
        errors.Should().Contain(problem);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    private Task<RunningBox> StartAsync(params string[] words)
    {
        var box = _authority.Sign("box");
        return RunningBox.StartAsync(
            [
                $"listen.ssl.cert={_folder.Write("box.pem", box.Together)}",
                $"listen.ssl.cafile={_folder.Write("ca.pem", _authority.Pem)}",
                "pools.p=",
                .. words,
            ]);
    }
}
