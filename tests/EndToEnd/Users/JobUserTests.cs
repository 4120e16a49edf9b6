using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Users;

/// <summary>A box that is root runs jobs as several users (docs/SPECIFICATION.md#job-user).</summary>
public sealed class JobUserTests : IClassFixture<JobUserTests.RootBox>, IDisposable
{
    private static readonly string[] Hostile =
    [
        """{"uid": 0, "gid": 0}""", """{"uid": "0"}""", """{"uid": " 00 "}""", """{"uid": "root"}""", """{"uid": "root", "gid": "root"}""",
        """{"gid": "root"}""", """{"uid": -1}""", """{"uid": "-1"}""", """{"uid": 4294967295}""", """{"uid": "4294967296"}""",
        """{"uid": 1e30}""", """{"uid": 0.5}""", """{"uid": ""}""", """{"uid": "no-such-user"}""", """{"uid": 4200000000}""",
        """{"uid": "+0"}""", """{"uid": "0x0"}""", """{"uid": null, "gid": null}""",
    ];

    private readonly RootBox _root;
    private const string Ids = "grep -E '^(Uid|Gid|Groups|CapPrm|CapEff):' /proc/self/status | cut -f2- | tr '\\t' ' '";

    private readonly TemporaryFolder _folder = new();

    public JobUserTests(RootBox root)
    {
        _root = root;
        Tool.NeedsRoot("a box that changes to other users");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0x3ff & ~UnixFileMode.StickyBit);
        Tool.Run("setpriv", "--reuid=nobody", "--clear-groups", "ls", BoxProgram.Folder);
        Tool.Run("id", "nobody", "daemon", "games");
    }

    private string[] Words =>
        [$"state.file={_folder.File("state")}", "user=nobody", "pools.p.slots=0", "pools.games.user=games", "pools.games.slots=0"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Jobs_of_three_users_have_their_own_ids_groups_files_home_and_login_and_no_secret_of_the_box()
    {
        var environment = new Dictionary<string, string> { ["SECRET_TOKEN"] = "x", ["LC_TEST"] = "C" };
        await using var box = await RunningBox.StartAsync(new BoxStart(Words) { Environment = environment });

        var jobs = await Task.WhenAll(
            RunAsync(box, "p", null, null), RunAsync(box, "p", "daemon", null), RunAsync(box, "p", 5, "daemon"),
            RunAsync(box, "games", 0, null));
        var own = await box.RunAsync(new { pool = "p", args = Some.Shell("pwd; env") });
        var daemon = await box.RunAsync(new { pool = "p", uid = "daemon", args = Some.Shell("pwd; env") });

        jobs[0].Should().Be(Expected(65534, 65534, "nobody nobody"));
        jobs[1].Should().Be(Expected(1, 1, "daemon daemon"));
        jobs[2].Should().Be(Expected(5, 1, "games games"));
        jobs[3].Should().Be(Expected(5, 60, "games games"));

        // The home directory of nobody does not exist.
        own.Printed().Should().StartWith("/\n").And.NotContain("SECRET").And.Contain("LC_TEST=C\n").And.Contain("\nPATH=");
        daemon.Printed().Should().StartWith("/usr/sbin\n").And.NotContain("SECRET").And.Contain("\nHOME=/usr/sbin\n");

        static string Expected(int user, int group, string login)
        {
            var (u, g) = (string.Join(' ', Enumerable.Repeat(user, 4)), string.Join(' ', Enumerable.Repeat(group, 4)));
            return $"{u}\n{g}\n{group} \n0000000000000000\n0000000000000000\n{login}\n{user} {group} 1\n";
        }
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("modify")]
    [InlineData("restart")]
    [InlineData("sync")]
    public async Task No_user_of_a_request_makes_a_job_run_as_root(string way)
    {
        var box = _root.Box;
        var seen = 0;
        foreach (var account in Hostile)
        {
            var id = Some.Id();
            await TryAsync(id, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(account)!);
            if (await box.JobAsync(id) is not { ValueKind: JsonValueKind.Object })
                continue;

            var job = await box.WaitForEndAsync(id);
            var ids = job.Printed().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            ids.Should().NotContain("0", $"{way} {account}: {job}");
            (job.Text("state") is "failed" || ids.Contains("65534")).Should().BeTrue($"{way} {account}: {job}");
            seen++;
        }

        seen.Should().BePositive();

        async Task TryAsync(string id, Dictionary<string, JsonElement> wanted)
        {
            object[] args = ["/bin/sh", "-c", "id -u; id -g; id -G"];
            var all = new Dictionary<string, object> { ["id"] = id, ["pool"] = "p", ["args"] = args, ["cwd"] = "/" };
            var evil = all.Concat(wanted.Select(pair => KeyValuePair.Create(pair.Key, (object)pair.Value))).ToDictionary();
            if (way is "submit")
            {
                _ = await box.AskObjectAsync(new { submit = evil });
            }
            else if (way is "sync")
            {
                (evil["node"], evil["state"], evil["ts"], evil["submit_ts"]) = ("root", "new", 1, 1);
                _ = await box.AskObjectAsync(new { sync = new Dictionary<string, object> { [id] = evil } });
            }
            else
            {
                all["hold"] = way is "modify";
                _ = await box.SubmitAsync(all);
                if (way is "modify")
                {
                    _ = await box.AskObjectAsync(new { modify = new Dictionary<string, object> { [id] = wanted } });
                    _ = await box.AskObjectAsync(new { submit = new { id, hold = false } });
                }
                else
                {
                    _ = await box.WaitForEndAsync(id);
                    evil["state"] = "new";
                    _ = await box.AskObjectAsync(new { submit = evil });
                }
            }
        }
    }

    [Fact]
    public async Task Settings_cannot_lift_the_user_and_nobody_reads_files_of_root_as_input()
    {
        var box = _root.Box;
        var secret = _folder.Write("secret", "secret");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);

        foreach (var change in (object[])[new { user = "root" }, new { pools = new { p = new { user = "root" } } }, new { group = "root" }])
            (await box.AskObjectAsync(new { config = change })).TryGetProperty("error", out _).Should().BeTrue();
        var input = await box.RunAsync(new { pool = "p", args = new[] { "/bin/cat" }, stdin = secret, cwd = "/" });
        var output = await box.RunAsync(new { pool = "p", args = Some.True, stdout = "/etc/meeseeks-test", cwd = "/" });

        (input.Text("state"), input.Printed()).Should().Be(("failed", ""));
        output.Text("state").Should().Be("failed");
        File.Exists("/etc/meeseeks-test").Should().BeFalse();
    }

    [Fact]
    public async Task A_job_of_another_user_outlives_its_box_and_fails_with_its_runner()
    {
        var go = _folder.File("go");
        var script = $"head -c 3000 /dev/zero; while ! test -e '{go}'; do sleep 0.01; done; echo $PPID";
        await using var first = await RunningBox.StartAsync(Words);
        var id = (await first.SubmitAsync(new { pool = "p", uid = "daemon", args = Some.Shell(script), cwd = "/" })).Text("id");
        var unnamed = (await first.SubmitAsync(new { pool = "p", args = Some.Shell($"id -u; {script}"), cwd = "/" })).Text("id");
        _ = await first.WaitForStartAsync(id);
        _ = await first.WaitForStartAsync(unnamed);

        await first.CrashAsync();

        // The user of the second job is another one by now, and its run goes on.
        await using var second = await RunningBox.StartAsync([.. Words, "pools.p.user=games"]);
        _folder.Write("go", "");
        var job = await second.WaitForEndAsync(id);
        (await second.WaitForEndAsync(unnamed)).Printed().Should().StartWith("65534\n");
        var kill = await ScriptAsync("kill -9 $PPID; sleep 1000");
        var next = await ScriptAsync("echo next");
        var other = await second.RunAsync(new { pool = "p", args = Some.Shell("echo fine"), cwd = "/" });

        (job.Text("state"), job.Printed().Length > 3000).Should().Be(("done", true));
        (kill.Text("state"), kill.Text("error")).Should().Be(("failed", "crashed"));
        (next.Text("state"), next.Printed()).Should().Be(("done", "next\n"));
        (other.Text("state"), other.Printed()).Should().Be(("done", "fine\n"));

        Task<JsonElement> ScriptAsync(string text) =>
            second.RunAsync(new { pool = "p", uid = "daemon", args = Some.Shell(text), cwd = "/" });
    }

    [Fact]
    public async Task A_job_that_stops_its_runner_is_killed_all_the_same()
    {
        var (box, id) = (_root.Box, Some.Id());
        await box.SubmitAsync(new { id, pool = "p", uid = "games", args = Some.Shell("kill -STOP $PPID; exec sleep 1000"), cwd = "/" });
        var pid = (await box.WaitForStartAsync(id)).GetProperty("pid").GetInt32();
        Tool.Run("kill", "-STOP", ParentOf(pid));

        await box.AskObjectAsync(new { kill = id });

        (await box.WaitForJobAsync(id, job => !job.Flag("active"))).Text("state").Should().Be("killed");
        (await box.RunAsync(new { pool = "p", uid = "games", args = Some.True, cwd = "/" })).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task A_job_of_another_user_has_a_control_group_from_which_no_daemon_escapes_a_kill()
    {
        Assert.SkipUnless(HasGroups, "this host has no control groups of version 2 to write to");
        const string Script = "until grep -q /run- /proc/self/cgroup; do sleep 0.01; done; "
            + "(env -i setsid sh -c 'echo $$; exec sleep 1000' &); exec sleep 1000";
        var (box, id) = (_root.Box, Some.Id());
        await box.SubmitAsync(new { id, pool = "p", uid = "daemon", args = Some.Shell(Script), stdout = _folder.File("pid"), cwd = "/" });
        await Wait.Until(
            () => File.Exists(_folder.File("pid")) && File.ReadAllText(_folder.File("pid")).EndsWith('\n'),
            () => "no daemon",
            TestContext.Current.CancellationToken);

        await box.AskObjectAsync(new { kill = id });
        await box.WaitForJobAsync(id, job => !job.Flag("active"));

        Directory.Exists($"/proc/{File.ReadAllText(_folder.File("pid")).Trim()}").Should().BeFalse();
    }

    private static bool HasGroups => File.ReadLines("/proc/self/mountinfo").Any(line =>
        line.Contains(" - cgroup2 ", StringComparison.Ordinal) && line.Split(' ')[5].StartsWith("rw", StringComparison.Ordinal));

    private static string ParentOf(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ')[1];

    private async Task<string> RunAsync(RunningBox box, string pool, object? uid, string? gid)
    {
        var file = _folder.File(Some.Id());
        var job = await box.RunAsync(new
        {
            pool,
            args = Some.Shell($"{Ids}; echo $USER $LOGNAME; test -w / || echo $(stat -c '%u %g' '{file}') 1"),
            uid,
            gid,
            stderr = file,
            cwd = "/",
        });
        job.Text("state").Should().Be("done", $"{job}");
        return job.Printed();
    }

    /// <summary>A root box whose jobs run as nobody.</summary>
    public sealed class RootBox() : BoxFixture("name=root", "user=nobody", "pools.p.slots=0", "pools.p.restart_delay=0");
}
