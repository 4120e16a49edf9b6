using MeeseeksBox.Agent.Tests.Outputs;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// Arguments, config, environment, output, exit code (docs/SPECIFICATION.md#the-job).
public sealed class ProcessTaskTests
{
    [Fact]
    public async Task A_job_that_exits_with_0_has_succeeded()
    {
        var run = new FakeRun(Some.Job("/bin/true"));

        var outcome = await RunAsync(run);

        outcome.Should().Be(JobOutcome.Success());
        (await run.Pid).Should().BePositive();
    }

    [Fact]
    public async Task The_exit_status_of_a_failed_job_is_its_rc()
    {
        var outcome = await RunAsync(new FakeRun(Some.TestProgramJob("exit", "7")));

        outcome.Should().Be(JobOutcome.Failure(7));
    }

    [Fact]
    public async Task A_signal_from_elsewhere_is_a_negative_status_and_named()
    {
        var outcome = await RunAsync(new FakeRun(Some.TestProgramJob("signal", "15")));

        outcome.Should().Be(JobOutcome.Failure(-15, "ended by signal 15 (SIGTERM)"));
    }

    [Fact]
    public async Task The_usage_of_a_job_has_that_of_its_children()
    {
        const string Busy = "(i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done); exit 0";
        var run = new FakeRun(Some.Job("/bin/sh", "-c", Busy));

        await RunAsync(run);

        run.Usage!.Cpu.Should().BeInRange(0.005, 60);
        run.Usage.MaxRss.Should().BeInRange(100_000, 1_000_000_000);
    }

    [Fact]
    public async Task Output_is_reported_in_base64_for_each_stream()
    {
        var output = new FakeRun(Some.TestProgramJob("echo", "hello"));
        var errors = new FakeRun(Some.TestProgramJob("echo-err", "oh", "no"));

        await RunAsync(output);
        await RunAsync(errors);

        output.Reported.Keys.Should().Equal("stdout_data");
        output.Reported["stdout_data"]!.GetValue<string>().Should().Be("aGVsbG8K");
        errors.Reported.Keys.Should().Equal("stderr_data");
        errors.Stderr.Should().Be("oh no\n");
    }

    [Fact]
    public async Task A_job_that_prints_nothing_reports_nothing()
    {
        var run = new FakeRun(Some.Job("/bin/true"));

        await RunAsync(run);

        run.Reported.Should().BeEmpty();
        run.Logged.Should().BeEmpty();
    }

    [Fact]
    public async Task A_run_that_the_box_has_abandoned_is_forgotten_at_its_late_end()
    {
        var run = new FakeRun(Some.TestProgramJob("echo", new string('x', 1000))) { IsAbandoned = true };

        await RunAsync(run);

        string[] Spools() => Directory.GetFiles(NoOutputs.Folder.Make(), run.Job.Run + ".*", SearchOption.AllDirectories);
        await Wait.Until(() => Spools().Length is 0, () => string.Join(' ', Spools()), TestContext.Current.CancellationToken);
        run.Reported.Should().BeEmpty();
    }

    [Fact]
    public async Task No_shell_touches_the_args()
    {
        string[] words = ["$HOME", "*", "a  b", "", "'\"\\", ";exit 1", "ä"];
        var run = new FakeRun(Some.TestProgramJob(["echo", .. words]));

        await RunAsync(run);

        run.Stdout.Should().Be(string.Join(' ', words) + "\n");
    }

    [Fact]
    public async Task With_config_shell_the_args_joined_are_shell_text()
    {
        var run = new FakeRun(Some.Job("echo one;", "echo", "two >&2; exit 4") with { Config = Some.Config("""{"shell": true}""") });

        var outcome = await RunAsync(run);

        outcome.Rc.Should().Be(4);
        (run.Stdout, run.Stderr).Should().Be(("one\n", "two\n"));
    }

    [Theory]
    [InlineData("""{"shell": false}""")]
    [InlineData("""{"shell": 0}""")]
    [InlineData("""{"shell": "0"}""")]
    [InlineData("[]")]
    public async Task Without_config_shell_there_is_none(string config)
    {
        var run = new FakeRun(Some.Job("/bin/echo", "one; exit 4") with { Config = Some.Config(config) });

        await RunAsync(run);

        run.Stdout.Should().Be("one; exit 4\n");
    }

    [Fact]
    public async Task A_job_works_in_its_folder()
    {
        using var folder = new TemporaryFolder();
        var run = new FakeRun(Some.TestProgramJob("pwd") with { WorkingDirectory = folder.Path });

        await RunAsync(run);

        run.Stdout.Should().Be(folder.Path + "\n");
    }

    [Fact]
    public async Task The_environment_of_a_job_is_that_of_its_description_with_its_mark()
    {
        var job = Some.Job("/usr/bin/env") with
        {
            Environment = new Dictionary<string, string> { ["MEESEEKS_JOB_ID"] = "7", ["EMPTY"] = "" },
        };
        var run = new FakeRun(job);

        await RunAsync(run);

        run.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Should().BeEquivalentTo("MEESEEKS_JOB_ID=7", "EMPTY=", $"MEESEEKS_RUN={job.Run}");
    }

    [Fact]
    public async Task A_job_starts_with_no_signal_ignored()
    {
        var run = new FakeRun(Some.Job("/bin/cat", "/proc/self/status"));

        await RunAsync(run);

        run.Stdout.Should().MatchRegex("SigBlk:\t0+\n").And.MatchRegex("SigIgn:\t0+\n");
    }

    [Fact]
    public async Task Output_over_the_limit_lacks_its_middle_and_is_marked_as_truncated()
    {
        var run = new FakeRun(Some.Job("/bin/sh", "-c", "printf 0123456789; printf abcdefghij >&2") with { OutputLimit = 6 });

        await RunAsync(run);

        (run.Stdout, run.Stderr).Should().Be(("012789", "abchij"));
        run.Reported["stdout_truncated"]!.GetValue<bool>().Should().BeTrue();
        run.Reported["stderr_truncated"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task Output_of_any_length_is_read_to_its_end()
    {
        var run = new FakeRun(Some.TestProgramJob("flood", "20000000") with { OutputLimit = 1000 });

        var outcome = await RunAsync(run);

        outcome.Succeeded.Should().BeTrue();
        run.Stdout.Should().Be(new string('x', 1000));
    }

    [Fact]
    public async Task Many_running_jobs_do_not_need_a_thread_each()
    {
        // Other tests use threads, too.
        const int Jobs = 300;
        using var kill = new CancellationTokenSource();
        var runs = Enumerable.Range(0, Jobs).Select(_ => new FakeRun(Some.Job("/bin/sleep", "60"))).ToList();

        var outcomes = runs.Select(run => Task.Run(() => RunAsync(run, kill.Token))).ToList();
        await Task.WhenAll(runs.Select(run => run.Pid));
        var threads = Directory.GetDirectories("/proc/self/task").Length;
        await kill.CancelAsync();
        await Task.WhenAll(outcomes);

        threads.Should().BeLessThan(Jobs);
    }

    private static Task<JobOutcome> RunAsync(IJobRun run, CancellationToken? kill = null) =>
        TestRunner.Task.RunAsync(run, kill ?? TestContext.Current.CancellationToken);
}
