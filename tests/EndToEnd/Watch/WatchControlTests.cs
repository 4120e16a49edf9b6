using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary><c>status</c>, <c>again</c> and <c>late</c> of a running watcher (docs/SPECIFICATION.md#watch-control).</summary>
public sealed class WatchControlTests(SharedBox shared) : WatchTests(shared)
{
    private string Config => Path.Combine(Scratch, "watch.cfg");

    // The socket of the configuration, which a word of the command line would replace.
    private string ControlWord => $"control={Path.Combine(Scratch, "control.sock")}";

    private string Go => Path.Combine(Scratch, "go");

    [Fact]
    public async Task A_running_watcher_tells_its_status_and_runs_files_again()
    {
        var script = $"test $1 != bad || exit 3; test $1 != long || until test -e {Go}; do sleep 0.05; done";
        WriteConfig(new { retry = false, jobs = new[] { Job("%(filename)s", script) } });
        var (none, _, missing) = await RunAsync("status", Config);
        none.Should().Be(1);
        missing.Should().StartWith("no watcher answers at ");
        await using var watcher = await StartAndWaitAsync(Config, ControlWord);
        foreach (var name in new[] { "a", "bad", "long" })
            _ = Drop(name);
        await StatusAsync("a", "done");
        await StatusAsync("bad", "failed");
        await RunsAsync("a", "bad", "long");

        var (status, json, _) = await RunAsync("status", Config, WatchName, "json=1");

        status.Should().Be(1, "a job has failed");
        var watch = JsonNode.Parse(json)![0]!["watches"]![0]!;
        string[] keys = ["state", "files", "done", "failed", "running"];
        keys.Select(key => watch[key]!.ToString()).Should().Equal("running", "3", "1", "1", "1");
        (await RunAsync("status", Config)).Output.Should().MatchRegex($@"(?m)^{WatchName} +running +0 +1 +1 +1 +0  ");

        var again = await RunAsync("again", Config, WatchName, "a", Path.Combine(In, "bad"));
        again.Output.Should().Be($"{WatchName}: 2 files run again: a bad\n");
        await RunsAsync("a", "bad", "long", "a", "bad");
        await StatusAsync("a", "done");

        var (refused, _, reason) = await RunAsync("again", Config, WatchName, "long", "lon", "*.x");

        refused.Should().Be(1);
        reason.Should().Contain("long: its job ").And.Contain(" is running; kill it first: qdel ")
            .And.Contain("lon: there is no such file").And.Contain("the nearest one is long").And.Contain("*.x: it matches no file");
        var unknown = await RunAsync("again", Config, "x", "a");
        unknown.Errors.Should().Contain($"there is no watch x; the nearest one is {WatchName}");
        unknown.ExitStatus.Should().Be(2);
        (await RunAsync("status", Config, "x")).ExitStatus.Should().Be(2);
        (await RunAsync("again", Config, "x")).ExitStatus.Should().Be(2);

        var tooLong = new string('x', 245);
        _ = Directory.CreateDirectory(Path.Combine(In, $"._{WatchName}_0_o.done"));
        _ = Drop(tooLong);
        _ = Drop("o");
        await UntilAsync(() => watcher.Log.Has("the name is too long") && watcher.Log.Has("it is a folder"), () => $"{watcher.Log}");
        var (impossible, nothing, reasons) = await RunAsync("again", Config, WatchName, tooLong, "o");
        (impossible, nothing).Should().Be((1, ""));
        reasons.Should().Contain($"{tooLong}: it cannot run: the name is too long").And.Contain("o: it cannot run: ");
        (await RunAsync("status", Config)).Output.Should().Contain("jobs that cannot be submitted: 2; the log says why");
        await File.WriteAllTextAsync(Go, "", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_watcher_takes_over_the_socket_of_one_that_has_ended()
    {
        WriteConfig(new { jobs = new[] { Job("%(filename)s") } });
        await using var first = await StartAndWaitAsync(Config, ControlWord);
        await using var second = Start("logging.level=DEBUG", Config, ControlWord);
        await UntilAsync(() => second.Log.Has("no control socket"), () => $"{second.Log}");

        await first.CrashAsync();

        await UntilAsync(() => second.Log.Has("listening at"), () => $"{second.Log}");
        (await RunAsync("status", Config)).Output.Should().StartWith("watcher ");
        second.Log.Count("no control socket").Should().Be(1);
    }

    [Fact]
    public async Task When_no_file_comes_the_job_of_on_late_runs_once_also_over_a_restart()
    {
        WriteConfig(new { late = 0.5, on_late = Job("late %(name)s %(last)s"), jobs = new[] { Job("%(filename)s") } });
        await using (var first = await StartAndWaitAsync(Config, ControlWord))
        {
            await RunsAsync($"late {WatchName} ");
            _ = Drop("a");
            await RunsAsync($"late {WatchName} ", "a", $"late {WatchName} a");
            await UntilAsync(() => first.Log.Count("of on_late is done") == 2, () => $"{first.Log}");
            first.Log.Count("no new file for 0.5 s (late)").Should().Be(2);
            first.Log.Has("a has come after").Should().BeTrue();
        }

        await using var second = await StartAndWaitAsync(Config, ControlWord);
        _ = Drop("b");
        await RunsAsync($"late {WatchName} ", "a", $"late {WatchName} a", "b", $"late {WatchName} b");
        await UntilAsync(() => second.Log.Has("no new file for"), () => $"{second.Log}");
        second.Log.Count("no new file for").Should().Be(1);
    }

    private static Task<(int ExitStatus, string Output, string Errors)> RunAsync(params string[] words) => WatchProgram.RunAsync(words);

    // The socket of the configuration: other tests have watchers of the same user.
    private void WriteConfig(object watch)
    {
        var settings = JsonNode.Parse(Watch([], watch)[$"watch.{WatchName}=".Length..]);
        var watches = new Dictionary<string, JsonNode?> { [WatchName] = settings };
        var config = new { control = Path.Combine(Scratch, "control.sock"), watch = watches };
        File.WriteAllText(Config, JsonSerializer.Serialize(config));
    }
}
