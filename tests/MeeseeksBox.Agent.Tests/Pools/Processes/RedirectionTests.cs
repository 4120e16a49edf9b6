using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#input-and-output
public sealed class RedirectionTests : IDisposable
{
    private const string BothStreams = "echo to-output; echo to-errors >&2; echo more-output";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_stdin_the_input_is_empty()
    {
        var run = await RunAsync(Some.TestProgramJob("cat"));

        run.Reported.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_stdin_the_input_is_empty_when_the_output_goes_to_a_file()
    {
        await RunAsync(Some.TestProgramJob("cat") with { Stdout = _folder.File("out") });

        Read("out").Should().BeEmpty();
    }

    [Fact]
    public async Task Stdin_is_read_from_its_file()
    {
        var run = await RunAsync(Some.TestProgramJob("cat") with { Stdin = _folder.Write("in", "from a file") });

        run.Stdout.Should().Be("from a file");
    }

    [Fact]
    public async Task Output_files_are_created()
    {
        var run = await RunAsync(Shell(BothStreams) with { Stdout = _folder.File("out"), Stderr = _folder.File("err") });

        Read("out").Should().Be("to-output\nmore-output\n");
        Read("err").Should().Be("to-errors\n");
        run.Reported.Should().BeEmpty();
    }

    [Fact]
    public async Task Output_files_are_appended_to()
    {
        _folder.Write("out", "old\n");

        await RunAsync(Some.TestProgramJob("echo", "new") with { Stdout = _folder.File("out") });

        Read("out").Should().Be("old\nnew\n");
    }

    [Fact]
    public async Task The_same_file_for_both_holds_both_in_order()
    {
        await RunAsync(Shell(BothStreams) with { Stdout = _folder.File("log"), Stderr = _folder.Path + "/./log" });

        Read("log").Should().Be("to-output\nto-errors\nmore-output\n");
    }

    [Fact]
    public async Task The_stream_that_has_no_file_is_kept()
    {
        var toOutput = await RunAsync(Shell(BothStreams) with { Stdout = _folder.File("out") });
        var toErrors = await RunAsync(Shell(BothStreams) with { Stderr = _folder.File("err") });

        toOutput.Reported.Keys.Should().Equal("stderr_data");
        toOutput.Stderr.Should().Be("to-errors\n");
        toErrors.Reported.Keys.Should().Equal("stdout_data");
        toErrors.Stdout.Should().Be("to-output\nmore-output\n");
    }

    [Fact]
    public async Task Names_of_files_are_never_interpreted_by_the_shell()
    {
        const string Nasty = "$(touch hacked) `touch hacked`; \"x' > *\n-n";
        _folder.Write("in" + Nasty, "input");
        var job = Some.TestProgramJob("cat", "$HOME;") with
        {
            WorkingDirectory = _folder.Path,
            Stdin = "in" + Nasty,
            Stdout = "out" + Nasty,
            Stderr = "err" + Nasty,
        };

        await RunAsync(job);

        Read("out" + Nasty).Should().Be("input");
        Directory.GetFiles(_folder.Path).Should().HaveCount(3);
    }

    [Fact]
    public async Task Files_are_relative_to_the_folder_of_the_job()
    {
        _folder.Write("in", "input");

        await RunAsync(Some.TestProgramJob("cat") with { WorkingDirectory = _folder.Path, Stdin = "in", Stdout = "out" });

        Read("out").Should().Be("input");
    }

    [Fact]
    public async Task The_environment_comes_through_the_shell_that_opens_the_files()
    {
        var job = Some.Job("/usr/bin/env") with
        {
            Environment = new Dictionary<string, string> { ["A"] = "1 2" },
            Stdout = _folder.File("out"),
        };

        await RunAsync(job);

        Read("out").Split('\n').Should().Contain(["A=1 2", $"MEESEEKS_RUN={job.Run}"]);
    }

    [Fact]
    public async Task The_exit_status_is_that_of_the_program()
    {
        var run = new FakeRun(Some.TestProgramJob("exit", "5") with { Stdout = _folder.File("out") });

        var outcome = await TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);

        outcome.Rc.Should().Be(5);
    }

    [Fact]
    public async Task No_shell_is_left_between_the_box_and_the_program()
    {
        var (job, _) = await RunningJob.StartAsync(Some.TestProgramJob("ignore-term", "60"), TestContext.Current.CancellationToken);
        await using (job)
        {
            var pid = (int)(await job.Run.Pid)!;

            var program = new FileInfo($"/proc/{pid}/exe").LinkTarget;

            program.Should().Be(TestProgram.Path);
        }
    }

    private static JobDescription Shell(string script) => Some.Job("/bin/sh", "-c", script);

    private static async Task<FakeRun> RunAsync(JobDescription job)
    {
        var run = new FakeRun(job);
        var outcome = await TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);
        outcome.Should().Be(JobOutcome.Success());
        return run;
    }

    private string Read(string name) => File.ReadAllText(_folder.File(name));
}
