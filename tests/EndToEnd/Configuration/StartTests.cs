using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Configuration;

/// <summary>Config files, words, --check, and their errors (docs/SPECIFICATION.md#configuration-errors).</summary>
public sealed class StartTests(StartTests.Checked good) : IClassFixture<StartTests.Checked>
{
    [Fact]
    public void Files_are_merged_in_order_and_words_override_them_in_any_position()
    {
        good.Status.Should().Be(0, good.Errors);
        var wanted = JsonElement.Parse("""
            {
              "pools": { "a": { "slots": 4, "hold": false, "slot": 1 }, "c": {}, "q": {}, "r": { "slots": 1 } },
              "state": { "expire": 7, "history": "/srv/h" },
              "listen": { "port": [1, 2] },
              "logging": { "format": "%(message)s" },
              "client": { "ssl": { "pass": "********" } },
              "name": "n7", "base": "/srv", "wait_in_pool": true
            }
            """);
        JsonElement.DeepEquals(good.Config, wanted).Should().BeTrue(good.Output);
        good.Output.Should().Contain("\n    \"pools\": {\n");
    }

    [Fact]
    public void Words_are_numbers_booleans_lists_objects_and_texts()
    {
        good.Config.GetProperty("pools").GetProperty("q").GetRawText().Should().Be("{}");
        good.Config.GetProperty("pools").GetProperty("r").Number("slots").Should().Be(1);
        good.Config.GetProperty("listen").Texts("port").Should().Equal("1", "2");
        good.Config.Flag("wait_in_pool").Should().BeTrue();
    }

    [Fact]
    public void Check_shows_references_replaced()
    {
        good.Config.GetProperty("state").Text("history").Should().Be("/srv/h");
        good.Config.GetProperty("logging").Text("format").Should().Be("%(message)s");
    }

    [Fact]
    public void An_unknown_key_is_a_warning_that_names_the_nearest()
    {
        var lines = good.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("the box runs as root"));

        lines.Should().BeEquivalentTo(
            "warning: command line: pools.a.slot: unknown key, ignored; the nearest known key is 'slots'",
            "warning: command line: client: ignored: the key belongs into a configuration of meeseeks-watch");
    }

    [Fact]
    public void Check_masks_secrets()
    {
        (good.Output + good.Errors).Should().Contain("********").And.NotContain("s3cret");
    }

    [Fact]
    public async Task All_problems_are_printed_a_line_each_and_the_status_is_2()
    {
        using var folder = new TemporaryFolder();
        var wrong = folder.Write("wrong.cfg", """
            {
              "pools": { "p1": { "slots": "two" } },
              "state": { "expire": [] }
            }
            """);
        var broken = folder.Write("broken.cfg", "{\n  \"name\" \"n1\"\n}");

        var (status, output, errors) = await BoxProgram.RunAsync("--check", wrong, broken, "/no/such.cfg", "listen.port=seven");

        status.Should().Be(2);
        output.Should().BeEmpty();
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(5);
        lines.Should().Contain(line => line.Contains("wrong.cfg") && line.Contains("pools.p1.slots: 'two' is not a whole number"));
        lines.Should().Contain(line => line.Contains("wrong.cfg") && line.Contains("state.expire"));
        lines.Should().Contain(line => line.Contains("broken.cfg") && line.Contains('2'));
        lines.Should().Contain(line => line.Contains("/no/such.cfg"));
        lines.Should().Contain(line => line.Contains("listen.port"));
    }

    [Fact]
    public async Task A_root_box_without_user_has_a_warning_and_any_other_has_one_for_another_user()
    {
        var (status, output, errors) = await BoxProgram.RunAsync("--check", "user=65534", "group=65534");

        const string AsRoot = "warning: the box runs as root, and so do its jobs: set 'user' to run them as another user\n";
        good.Errors.Contains(AsRoot).Should().Be(Environment.IsPrivilegedProcess);
        (status, output).Should().Be((0, "{\n    \"user\": 65534,\n    \"group\": 65534\n}\n"));
        errors.Should().Contain(Environment.IsPrivilegedProcess ? "each client that reaches its port may name any user" : "(65534)");
    }

    [Fact]
    public async Task A_wrong_option_has_status_2()
    {
        var (status, _, errors) = await BoxProgram.RunAsync("--bogus");

        status.Should().Be(2);
        errors.Should().Contain("--bogus");
    }

    [Fact]
    public async Task A_taken_port_among_several_is_named_and_queued_jobs_are_kept()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var file = folder.Write(
            "state", """{"a":{"id":"a","pool":"p","node":"n1","args":["/bin/true"],"state":"new","submit_ts":1,"ts":1,"seq":1}}""");
        string[] words = [$"state.file={file}", "pools.p.slots=0", "state.expire=600"];

        var refused = await BoxProgram.RunAsync([.. words, "name=n1", "listen.address=127.0.0.1", $"listen.port={FreePort.Find()},{port}"]);
        await using var box = await RunningBox.StartAsync(words);
        var job = await box.WaitForEndAsync("a");

        refused.ExitStatus.Should().Be(1);
        refused.Errors.Should().Contain($"listen: cannot listen on 127.0.0.1 port {port}: ");
        job.Text("state").Should().Be("done");
        job.Number("start_count").Should().Be(1);
    }

    /// <summary>The result of a check of a good configuration, of which each test looks at a part.</summary>
    public sealed class Checked : IAsyncLifetime
    {
        /// <summary>The exit status.</summary>
        public int Status { get; private set; }

        /// <summary>The standard output.</summary>
        public string Output { get; private set; } = "";

        /// <summary>The standard error.</summary>
        public string Errors { get; private set; } = "";

        /// <summary>The standard output as JSON.</summary>
        public JsonElement Config => JsonElement.Parse(Output);

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            using var folder = new TemporaryFolder();
            var first = folder.Write(
                "first.cfg",
                """{ "pools": { "a": { "slots": 1, "hold": false }, "b": { "slots": 2 } }, /* comment */ "state": { "expire": 7, }, }""");
            var second = folder.Write("second.cfg", """{ "pools": { "a": { "slots": 3 }, "!b": null, "c": {} } }""");
            (Status, Output, Errors) = await BoxProgram.RunAsync(
                "--check", "pools.a.slots=4", first, "name=n7", second, "wait_in_pool=true", "pools.q=", """pools.r={"slots":1}""",
                "listen.port=[1,2]", "pools.a.slot=1", "base=/srv", "state.history=%(base)s/h", "logging.format=%(message)s",
                "client.ssl.pass=s3cret");
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
