using System.Globalization;
using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#memory-and-processors
public sealed class LimitTests
{
    private const long Megabyte = 1024 * 1024;
    private const long Limit = 200 * Megabyte;

    [Fact]
    public async Task A_process_that_grows_over_its_limit_is_killed_with_the_reason()
    {
        var outcome = await RunAsync(new FakeRun(Some.TestProgramJob("grow", "300", "60") with { Memory = Limit }));

        outcome.Should().Be(JobOutcome.Failure(-9, "exceeded memory of 200 MB"));
    }

    [Fact]
    public async Task Processes_that_are_small_alone_and_too_large_together_are_killed()
    {
        var run = new FakeRun(Script($"for i in 1 2 3 4 5 6; do {TestProgram.Path} grow 40 60 & done; wait"));

        var outcome = await RunAsync(run);

        outcome.Should().Be(JobOutcome.Failure(-9, "exceeded memory of 200 MB"));
        LiveProcesses.CountMarked(run.Job.Run).Should().Be(0);
    }

    [Fact]
    public async Task A_daemon_in_a_session_of_its_own_counts()
    {
        var run = new FakeRun(Script($"(setsid {TestProgram.Path} grow 300 60 &); exec sleep 60"));

        var outcome = await RunAsync(run);

        outcome.Should().Be(JobOutcome.Failure(-9, "exceeded memory of 200 MB"));
        LiveProcesses.CountMarked(run.Job.Run).Should().Be(0);
    }

    [Fact]
    public async Task A_job_below_its_limits_runs_as_without_any()
    {
        var run = new FakeRun(Script("cat; echo out; echo err >&2; exit 3") with { Cpus = 0.5 });

        var outcome = await RunAsync(run);

        outcome.Should().Be(JobOutcome.Failure(3));
        run.Stdout.Should().Be("out\n");
        run.Stderr.Should().Be("err\n");
        run.Logged.Should().BeEmpty();
    }

    [Fact]
    public async Task A_job_that_cannot_start_fails_with_the_reason()
    {
        var run = new FakeRun(Some.Job("/no/such/program") with { Memory = Limit, Cpus = 1 });

        (await RunAsync(run)).Should().Be(JobOutcome.NotStarted("no such program: /no/such/program"));
    }

    [Fact]
    public async Task A_file_that_is_no_program_ends_with_126_and_the_reason_as_its_errors()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("script", "#!/no/such/interpreter\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var run = new FakeRun(Some.Job(file) with { Memory = Limit });

        (await RunAsync(run)).Should().Be(JobOutcome.Failure(126));

        run.Stderr.Should().Be($"cannot start {file}: its interpreter '/no/such/interpreter' is not there\n");
    }

    [Fact]
    public async Task The_files_of_a_job_with_limits_may_be_named_pipes()
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.File("pipe");
        var run = new FakeRun(Script("mkfifo pipe; echo through >pipe & cat <pipe") with { WorkingDirectory = folder.Path });
        (await RunAsync(run)).Should().Be(JobOutcome.Success());

        var writer = new FakeRun(Script("echo through") with { Stdout = pipe });
        var reader = new FakeRun(Script("cat") with { Stdin = pipe });
        var outcomes = await Task.WhenAll(RunAsync(writer), RunAsync(reader));

        outcomes.Should().AllBeEquivalentTo(JobOutcome.Success());
        reader.Stdout.Should().Be("through\n");
    }

    // All users of the host can read the arguments of a process.
    [Fact]
    public async Task The_variables_of_a_job_are_not_in_the_arguments_of_the_process_that_sets_its_limits()
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.File("pipe");
        _ = await RunAsync(new FakeRun(Script("mkfifo pipe") with { WorkingDirectory = folder.Path }));

        var writer = new FakeRun(Script("echo $TOKEN") with { Stdout = pipe, Environment = Some.EnvironmentWith("TOKEN", "secret") });
        var written = RunAsync(writer);
        var (pid, arguments) = (await writer.Pid, "");

        // A process that is about to run its program has none.
        await Wait.Until(
            () => (arguments = File.ReadAllText($"/proc/{pid}/cmdline")) is not "",
            () => $"process {pid} has no arguments",
            TestContext.Current.CancellationToken);
        var reader = new FakeRun(Script("cat") with { Stdin = pipe });
        _ = await Task.WhenAll(written, RunAsync(reader));

        arguments.Should().Contain("--open").And.NotContain("secret");
        reader.Stdout.Should().Be("secret\n");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    public async Task A_job_with_one_processor_or_less_runs_on_one(double cpus)
    {
        var run = new FakeRun(Some.Job("/bin/sh", "-c", "grep Cpus_allowed_list /proc/self/status") with { Cpus = cpus });

        _ = await RunAsync(run);

        run.Stdout.Should().MatchRegex(@"^Cpus_allowed_list:\s+\d+\n$");
    }

    [Fact]
    public async Task The_memory_that_a_job_allocates_between_two_looks_has_a_limit()
    {
        var run = new FakeRun(Script("ulimit -S -d; ulimit -H -d"));

        _ = await RunAsync(run);

        var kilobytes = ((2 * Limit) + (1024 * Megabyte)) / 1024;
        run.Stdout.Should().Be(string.Create(CultureInfo.InvariantCulture, $"{kilobytes}\n{kilobytes}\n"));
    }

    [Fact]
    public async Task A_job_without_limits_inherits_no_limit_of_another_one()
    {
        _ = await RunAsync(new FakeRun(Script("true")));
        var run = new FakeRun(Some.Job("/bin/sh", "-c", "ulimit -d"));

        _ = await RunAsync(run);

        run.Stdout.Should().Be("unlimited\n");
    }

    private static JobDescription Script(string script) => Some.Job("/bin/sh", "-c", script) with { Memory = Limit };

    private static Task<JobOutcome> RunAsync(FakeRun run) => TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);
}
