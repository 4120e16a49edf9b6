using System.Net.Sockets;
using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Configuration;

/// <summary>Config files, words, --check, and their errors (docs/SPECIFICATION.md#configuration-errors).</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Files_are_merged_in_order_and_words_override_them_in_any_position()
    {
        using var folder = new TemporaryFolder();
        var first = folder.Write(
            "first.cfg",
            """{ "pools": { "a": { "slots": 1, "hold": false }, "b": { "slots": 2 } }, /* comment */ "state": { "expire": 7, }, }""");
        var second = folder.Write("second.cfg", """{ "pools": { "a": { "slots": 3 }, "!b": null, "c": {} } }""");

        var (status, output, errors) = await BoxProgram.RunAsync("--check", "pools.a.slots=4", first, "name=n7", second);

        status.Should().Be(0, errors);
        var wanted = JsonElement.Parse("""{"pools":{"a":{"slots":4,"hold":false},"c":{}},"state":{"expire":7},"name":"n7"}""");
        JsonElement.DeepEquals(JsonElement.Parse(output), wanted).Should().BeTrue(output);
        output.Should().Contain("\n    \"pools\": {\n");
    }

    [Fact]
    public async Task Words_are_numbers_booleans_lists_objects_and_texts()
    {
        await using var box = await RunningBox.StartAsync("pools.p.slots=2", "wait_in_pool=true", "pools.q=", """pools.r={"slots":1}""");

        var config = await box.AskAsync("config", new { });

        config.GetProperty("pools").GetRawText().Should().Be("""{"p":{"slots":2},"q":{},"r":{"slots":1}}""");
        config.Flag("wait_in_pool").Should().BeTrue();
    }

    [Fact]
    public async Task Defaults_apply_to_every_section_with_the_key()
    {
        await using var box = await RunningBox.StartAsync("defaults.slots=3", "pools.p=", "pools.q.slots=1");

        (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":3},"q":{"n1":1}}""");
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

        var (status, output, errors) = await BoxProgram.RunAsync(wrong, broken, "/no/such.cfg", "listen.port=seven");

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
    public async Task A_root_box_for_another_user_does_not_start_and_any_other_logs_a_warning()
    {
        var (status, output, errors) = await BoxProgram.RunAsync("--check", "user=65534", "group=65534");
        var started = Environment.IsPrivilegedProcess
            ? await BoxProgram.RunAsync("user=65534", "listen.port=0")
            : (ExitStatus: 2, Output: "", Errors: errors);

        status.Should().Be(Environment.IsPrivilegedProcess ? 2 : 0, errors);
        errors.Should().Contain("user: the box runs as ").And.Contain("(65534)");
        started.ExitStatus.Should().Be(2);
        started.Errors.Should().Contain("user: the box runs as ");
        output.Should().Be(status is 2 ? "" : "{\n    \"user\": 65534,\n    \"group\": 65534\n}\n");
    }

    [Fact]
    public async Task Check_shows_references_replaced()
    {
        var (status, output, errors) = await BoxProgram.RunAsync(
            "--check", "base=/srv", "state.history=%(base)s/h", "logging.format=%(message)s");

        (status, errors).Should().Be((0, ""));
        JsonElement.Parse(output).GetProperty("state").Text("history").Should().Be("/srv/h");
        JsonElement.Parse(output).GetProperty("logging").Text("format").Should().Be("%(message)s");
    }

    [Fact]
    public async Task An_unknown_key_is_a_warning_that_names_the_nearest()
    {
        var (status, output, errors) = await BoxProgram.RunAsync("--check", "pools.p.slot=1");

        status.Should().Be(0);
        errors.Should().Contain("pools.p.slot").And.Contain("slots");
        JsonElement.Parse(output).GetProperty("pools").GetProperty("p").Number("slot").Should().Be(1);
    }

    [Fact]
    public async Task Check_of_a_bad_configuration_has_status_2_and_of_a_missing_plugin_too()
    {
        var bad = await BoxProgram.RunAsync("--check", "pools.p.slots=x");
        var missing = await BoxProgram.RunAsync("--check", "pools.p.plugin=no.such.Plugin");

        bad.ExitStatus.Should().Be(2);
        bad.Output.Should().BeEmpty();
        missing.ExitStatus.Should().Be(2);
        missing.Errors.Should().Contain("pools.p.plugin").And.Contain("no/such.dll");
    }

    [Fact]
    public async Task Check_masks_secrets()
    {
        var (_, output, errors) = await BoxProgram.RunAsync("--check", "client.ssl.pass=s3cret");

        (output + errors).Should().Contain("********").And.NotContain("s3cret");
    }

    [Fact]
    public async Task A_wrong_option_has_status_2()
    {
        var (status, _, errors) = await BoxProgram.RunAsync("--bogus");

        status.Should().Be(2);
        errors.Should().Contain("--bogus");
    }

    [Fact]
    public async Task A_taken_port_is_reported_and_queued_jobs_are_kept()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var file = folder.Write(
            "state", """{"a":{"id":"a","pool":"p","node":"n1","args":["/bin/true"],"state":"new","submit_ts":1,"ts":1,"seq":1}}""");
        string[] words = [$"state.file={file}", "pools.p.slots=0", "state.expire=600"];

        var refused = await BoxProgram.RunAsync([.. words, "name=n1", "listen.address=127.0.0.1", $"listen.port={port}"]);
        await using var box = await RunningBox.StartAsync(words);
        var job = await box.WaitForEndAsync("a");

        refused.ExitStatus.Should().Be(1);
        refused.Errors.Should().Contain($"cannot listen on 127.0.0.1 port {port}");
        job.Text("state").Should().Be("done");
        job.Number("start_count").Should().Be(1);
    }
}
