using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Configuration;

/// <summary>SIGHUP (docs/SPECIFICATION.md#reload).</summary>
[Collection(typeof(SharedBoxes))]
public sealed class ReloadTests(SharedBox shared)
{
    [Fact]
    public async Task The_difference_is_applied_and_other_running_jobs_and_connections_go_on()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("box.cfg", """{ "pools": { "stays": { "slots": 1 }, "goes": { "slots": 1 }, "limited": {} } }""");
        await using var box = await RunningBox.StartAsync(file, "wait_in_pool=true");
        var stays = (await box.SubmitAsync(new { pool = "stays", args = Some.Sleep })).Text("id");
        var goes = (await box.SubmitAsync(new { pool = "goes", args = Some.Sleep })).Text("id");
        var limited = (await box.SubmitAsync(new { pool = "limited", args = Some.Sleep })).Text("id");
        var waits = (await box.SubmitAsync(new { pool = "stays", args = Some.True })).Text("id");
        var pid = (await box.WaitForStartAsync(stays)).Number("pid");
        _ = await box.WaitForStartAsync(goes);
        _ = await box.WaitForStartAsync(limited);
        using var before = await box.ConnectAsync();
        _ = await before.AskAsync("[]");

        var path = folder.File("box.sock");
        _ = folder.Write("box.cfg", $$$"""
            {
              "pools": { "stays": { "slots": 2 }, "comes": {}, "limited": { "max_runtime": 0.1 } },
              "listen": { "address": "127.0.0.1,unix:{{{path}}}" }
            }
            """);
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration in force");

        (await box.WaitForEndAsync(goes)).Text("state").Should().Be("failed");
        (await box.WaitForEndAsync(limited)).Text("error").Should().Be("exceeded runtime of 0.1 s");
        (await box.WaitForEndAsync(waits)).Text("state").Should().Be("done");
        (await box.RunAsync(new { pool = "comes", args = Some.True })).Text("state").Should().Be("done");
        (await box.JobAsync(stays)).Number("pid").Should().Be(pid);
        (await box.JobAsync(stays)).Text("state").Should().Be("running");
        (await before.AskAsync("[]")).ToString().Should().Be("[]");
        box.Log.Has($"listening on unix:{path}").Should().BeTrue();
        box.Log.Count($"listening on 127.0.0.1:{box.Port}").Should().Be(1, "the port was not bound again");
    }

    [Fact]
    public async Task One_wrong_part_or_file_is_logged_and_rejects_all_the_others_and_warnings_about_a_good_one_are_logged_once()
    {
        using var folder = new TemporaryFolder();
        var history = folder.File("history");
        string[] files =
            [folder.Write("box.cfg", """{ "pools": { "p": { "slots": 2 } } }"""), folder.Write("wrong.cfg", """{ "odd": 1 }""")];
        await using var box = await RunningBox.StartAsync(files);
        var before = await box.AskAsync("config", new { });
        _ = folder.Write("box.cfg", $$"""
            {
              "pools": { "p": { "slots": 3 }, "new": {} },
              "state": { "history": "{{history}}" },
              "listen": { "max_request": 1000, "allow": { "*": "read" } },
              "logging": { "format": "changed %(message)s" }
            }
            """);

        await RejectAsync("""{ "pools": { "q": { "plugin": "No.Such" } } }""", "pools.q.plugin");
        await RejectAsync("""{ "listen": { "port": [0, 1], "address": "192.0.2.1" } }""", "192.0.2.1");
        await RejectAsync("""{ "logging": { "filename": "/no/such/folder/box.log" } }""", "logging.filename");
        await RejectAsync("""{ "state": { "durable": false } }""", "state.durable");
        await RejectAsync("""{ "listen": { "ssl": { "cert": "/no/such.pem" } } }""", "listen.ssl");
        await RejectAsync("""{ "pools": { "p": { "slots": "many" }, "q": {} } }""", "pools.p.slots");
        await RejectAsync("""{ "name": "other" }""", "name");
        await RejectAsync("{ pools", "wrong.cfg");
        File.Delete(files[1]);
        await RejectAsync(null, "wrong.cfg: the file cannot be read");

        _ = folder.Write("box.cfg", """{ "pools": { "p": { "slots": 2 } } }""");
        _ = folder.Write("wrong.cfg", """{ "odd": 1, "group": "daemon" }""");
        for (var time = 1; time <= 2; time++)
        {
            box.Send(Signal.Hangup);
            await box.WaitForLogAsync("new configuration in force", time);
        }

        box.Log.Lines.Where(line => line.StartsWith("WARNING n1.Box: configuration: ") && line.Contains("group"))
            .Should().ContainSingle().Which.Should().EndWith("group: it has no effect without 'user'");

        async Task RejectAsync(string? wrong, string why)
        {
            if (wrong is not null)
                _ = folder.Write("wrong.cfg", wrong);
            var errors = await RejectedAsync(box);

            errors.Should().Contain(line => line.Contains(why));
            box.Log.Has("changed ").Should().BeFalse();
            (await box.AskAsync("config", new { })).GetRawText().Should().Be(before.GetRawText());
            (await box.AskAsync("pools", new { })).GetRawText().Should().Be("""{"p":{"n1":2}}""");
            using var later = await box.ConnectAsync();
            (await later.AskAsync(new string(' ', 2000) + "[]")).ToString().Should().Be("[]");
            (await box.RunAsync(new { pool = "p", args = Some.True })).Text("state").Should().Be("done");
            File.Exists(history).Should().BeFalse();
        }
    }

    [Fact]
    public async Task Another_user_is_an_error_for_a_root_box_and_a_warning_for_any_other()
    {
        var answer = await shared.Box.AskObjectAsync(new { config = new { user = "65534" } });
        _ = await shared.Box.AskAsync("config", new Dictionary<string, object?> { ["!user"] = null });

        if (Environment.IsPrivilegedProcess)
            answer.Text("error").Should().Be("user, group: cannot change while the box runs; restart it");
        else
            shared.Box.Log.Lines.Should().Contain(line => line.Contains("config request: user: the box runs as "));
    }

    // Reloads a bad configuration, and returns the errors in the log.
    private static async Task<IReadOnlyList<string>> RejectedAsync(RunningBox box)
    {
        const string Rejected = "new configuration rejected";
        var (logged, rejections) = (box.Log.Lines.Count, box.Log.Count(Rejected));
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync(Rejected, times: rejections + 1);
        return [.. box.Log.Lines.Skip(logged).Where(line => line.StartsWith("ERROR"))];
    }
}
