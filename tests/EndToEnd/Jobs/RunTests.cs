using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Input and attributes of a job's process (docs/SPECIFICATION.md#the-job).</summary>
public sealed class RunTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task A_successful_job_is_done_with_its_output_and_times()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("echo hello; echo oops >&2"), tags = new[] { "a", "b" } });

        job.Text("state").Should().Be("done");
        job.Number("rc").Should().Be(0);
        job.Printed().Should().Be("hello\n");
        job.Printed("stderr").Should().Be("oops\n");
        job.Text("node").Should().Be("n1");
        job.Text("submit_node").Should().Be("n1");
        job.Texts("tags").Should().Equal("a", "b");
        job.Number("start_count").Should().Be(1);
        job.Number("fail_count").Should().Be(0);
        job.Flag("active").Should().BeFalse();
        job.Find("pid").Should().BeNull();
        job.Find("error").Should().BeNull();
        new[] { before - 0.01, job.Number("submit_ts"), job.Number("start_ts"), job.Number("end_ts") }.Should().BeInAscendingOrder();
        job.Number("ts").Should().BeGreaterThanOrEqualTo(job.Number("end_ts")!.Value);
    }

    [Fact]
    public async Task Args_reach_the_program_unchanged_without_a_shell()
    {
        string[] words = ["$HOME", "*", "a b", "'q'", "\"", "", "\\", "äöü 漢字", ";exit 1", "-n"];

        var job = await Box.RunAsync(new { pool = "p", args = new[] { "/usr/bin/printf", "[%s]" }.Concat(words) });

        job.Printed().Should().Be(string.Concat(words.Select(word => $"[{word}]")));
    }

    [Fact]
    public async Task Numbers_in_args_are_taken_as_texts()
    {
        var job = await Box.RunAsync(new { pool = "p", args = new object[] { "/bin/echo", 1, 2.50, "x" } });

        job.Printed().Should().Be("1 2.5 x\n");
    }

    [Fact]
    public async Task A_program_is_found_along_the_path()
    {
        var job = await Box.RunAsync(new { pool = "p", args = new[] { "echo", "found" } });

        job.Printed().Should().Be("found\n");
    }

    [Fact]
    public async Task The_environment_describes_the_job()
    {
        var id = Some.Id();

        var job = await Box.RunAsync(new
        {
            id,
            pool = "p",
            args = Some.Shell(
                "echo $MEESEEKS_JOB_ID $MEESEEKS_POOL $MEESEEKS_NODE $MEESEEKS_SUBMIT_NODE $MEESEEKS_TAGS; "
                + "test -n \"$MEESEEKS_RUN\" && test -n \"$PATH\""),
            tags = new[] { "t1", "t2" },
        });

        job.Printed().Should().Be($"{id} p n1 n1 t1,t2\n");
        job.Number("rc").Should().Be(0);
    }

    [Fact]
    public async Task Env_is_added_and_config_env_replaces_the_whole_environment()
    {
        var added = await Box.RunAsync(new { pool = "p", args = Some.Shell("echo $MINE; test -n \"$PATH\""), env = new { MINE = "a b" } });
        var replaced = await Box.RunAsync(
            new { pool = "p", args = new[] { "/usr/bin/env" }, config = new { env = new { ONLY = "this" } } });

        added.Printed().Should().Be("a b\n");
        replaced.Printed().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(
            line => !line.StartsWith("MEESEEKS_", StringComparison.Ordinal))
            .Should().Equal("ONLY=this");
    }

    [Fact]
    public async Task A_job_works_in_its_cwd_or_in_that_of_its_config_or_in_the_box_s()
    {
        using var folder = new TemporaryFolder();

        var own = await Box.RunAsync(new { pool = "p", args = new[] { "pwd" }, cwd = folder.Path });
        var configured = await Box.RunAsync(new { pool = "p", args = new[] { "pwd" }, config = new { cwd = folder.Path } });
        var none = await Box.RunAsync(new { pool = "p", args = new[] { "pwd" } });

        own.Printed().Should().Be(folder.Path + "\n");
        configured.Printed().Should().Be(folder.Path + "\n");
        none.Printed().Should().Be(Box.Folder + "\n");
    }

    [Fact]
    public async Task Config_shell_gives_the_joined_args_to_a_shell()
    {
        var job = await Box.RunAsync(
            new { pool = "p", args = new[] { "echo", "a;", "echo", "b | tr b c" }, config = new { shell = true } });

        job.Printed().Should().Be("a\nc\n");
    }

    [Fact]
    public async Task Signal_handlers_are_those_of_a_shell()
    {
        var job = await Box.RunAsync(new { pool = "p", args = new[] { "/bin/grep", "-E", "^Sig(Ign|Blk):", "/proc/self/status" } });

        job.Printed().Should().Be("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }

    [Fact]
    public async Task The_exit_status_is_the_rc_and_any_but_0_is_a_failure()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("exit 3") });

        job.Text("state").Should().Be("failed");
        job.Number("rc").Should().Be(3);
        job.Number("fail_count").Should().Be(1);
        job.Find("error").Should().BeNull();
    }

    [Fact]
    public async Task A_signal_is_the_negative_status_whoever_sent_it()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("kill -9 $$") });

        job.Text("state").Should().Be("failed");
        job.Number("rc").Should().Be(-9);
        job.Text("error").Should().Be("ended by signal 9 (SIGKILL)");
    }

    [Fact]
    public async Task A_running_job_shows_its_pid_and_is_active()
    {
        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Shell("echo $$; exec sleep 1000") })).Text("id");

        var job = await Box.WaitForStartAsync(id);
        Signal.IsAlive((int)job.Number("pid")!.Value).Should().BeTrue();
        job.Flag("active").Should().BeTrue();
        job.Find("end_ts").Should().BeNull();
        _ = await Box.AskAsync("kill", id);
        var ended = await Box.WaitForEndAsync(id);

        ended.Printed().Should().Be($"{job.Number("pid")}\n");
    }

    [Theory]
    [InlineData("/no/such/program", "no such program: /no/such/program")]
    [InlineData("no-such-program", "no such program: 'no-such-program' is in none of the folders of PATH")]
    [InlineData("/etc/passwd", "may not be executed")]
    [InlineData("/tmp", "is a folder, not a program")]
    public async Task A_job_that_cannot_start_fails_with_the_reason(string program, string why)
    {
        var job = await Box.RunAsync(new { pool = "p", args = new[] { program } });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain(why);
        job.Number("fail_count").Should().Be(1);
        job.Number("start_count").Should().Be(0);
    }

    [Fact]
    public async Task A_missing_cwd_fails_the_job_with_the_reason()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.True, cwd = "/no/such/folder" });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain("/no/such/folder");
    }
}
