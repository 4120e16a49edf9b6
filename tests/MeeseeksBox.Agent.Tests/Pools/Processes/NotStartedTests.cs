using MeeseeksBox.Plugins;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#start-failures
public sealed class NotStartedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_program_that_is_in_no_folder_of_PATH()
    {
        var error = await ErrorOf(Some.Job("frobnicate") with { Environment = Some.EnvironmentWith("PATH", "/bin:/usr/bin") });

        error.Should().Be("no such program: 'frobnicate' is in none of the folders of PATH (/bin:/usr/bin)");
    }

    [Fact]
    public async Task A_program_that_is_not_where_its_path_says()
    {
        var error = await ErrorOf(Some.Job("tools/frob") with { WorkingDirectory = _folder.Path });

        error.Should().Be($"no such program: {_folder.File("tools/frob")}");
    }

    [Fact]
    public async Task A_program_that_is_a_folder()
    {
        var error = await ErrorOf(Some.Job(_folder.Path));

        error.Should().Be($"{_folder.Path} is a folder, not a program");
    }

    [Fact]
    public async Task A_program_that_may_not_be_executed()
    {
        var file = _folder.Write("script", "#!/bin/sh\n");

        var error = await ErrorOf(Some.Job(file));

        error.Should().Be($"{file} may not be executed: 'chmod +x' makes a file a program");
    }

    [Fact]
    public async Task A_program_along_PATH_that_may_not_be_executed()
    {
        var file = _folder.Write("script", "#!/bin/sh\n");

        var error = await ErrorOf(Some.Job("script") with { Environment = Some.EnvironmentWith("PATH", _folder.Path) });

        error.Should().Be($"{file} may not be executed: 'chmod +x' makes a file a program");
    }

    [Fact]
    public async Task A_file_that_is_neither_a_program_nor_a_script()
    {
        var file = _folder.WriteProgram("garbage", "\u007f\u0001");

        var error = await ErrorOf(Some.Job(file));

        error.Should().Be($"cannot start {file}: it is neither a program nor a script that begins with '#!' and its interpreter");
    }

    [Fact]
    public async Task Too_many_args()
    {
        var error = await ErrorOf(Some.Job("/bin/true", new string('x', 1024 * 1024)));

        error.Should().Be("cannot start /bin/true: its arguments and environment are too long for this system");
    }

    [Fact]
    public async Task A_script_with_a_missing_interpreter()
    {
        var file = _folder.WriteProgram("script", "#! /no/such/shell -x\n");

        var error = await ErrorOf(Some.Job(file));

        error.Should().Be($"cannot start {file}: its interpreter '/no/such/shell' is not there");
    }

    [Fact]
    public async Task A_script_with_Windows_line_ends()
    {
        var file = _folder.WriteProgram("script", "#!/bin/sh\r\necho\r\n");

        var error = await ErrorOf(Some.Job(file));

        error.Should().Be($"cannot start {file}: its interpreter '/bin/sh\\r' is not there: the file has Windows line ends");
    }

    [Fact]
    public async Task A_working_folder_that_is_not_there()
    {
        var error = await ErrorOf(Some.Job("/bin/true") with { WorkingDirectory = _folder.File("gone") });

        error.Should().Be($"cannot work in {_folder.File("gone")}: there is no such folder");
    }

    [Fact]
    public async Task A_working_folder_that_is_a_file()
    {
        var file = _folder.Write("file", "");

        var error = await ErrorOf(Some.Job("/bin/true") with { WorkingDirectory = file });

        error.Should().Be($"cannot work in {file}: it is a file, not a folder");
    }

    [Fact]
    public async Task A_stdin_file_that_is_not_there()
    {
        var error = await ErrorOf(Some.Job("/bin/true") with { Stdin = _folder.File("gone") });

        error.Should().Be($"cannot read stdin: there is no file {_folder.File("gone")}");
    }

    [Fact]
    public async Task A_stdin_that_is_a_folder()
    {
        var error = await ErrorOf(Some.Job("/bin/true") with { Stdin = _folder.Path });

        error.Should().Be($"cannot read stdin: {_folder.Path} is a folder");
    }

    [Fact]
    public async Task A_stdout_file_in_a_folder_that_is_not_there()
    {
        var error = await ErrorOf(Some.Job("/bin/true") with { Stdout = _folder.File("gone/out") });

        error.Should().Be($"cannot write stdout to {_folder.File("gone/out")}: there is no folder {_folder.File("gone")}");
    }

    [Fact]
    public async Task A_stderr_that_is_a_folder()
    {
        var error = await ErrorOf(Some.Job("/bin/true") with { Stderr = _folder.Path });

        error.Should().Be($"cannot write stderr: {_folder.Path} is a folder");
    }

    [Fact]
    public async Task A_stdout_file_in_a_folder_without_files()
    {
        // Not even root may create files in /proc.
        var error = await ErrorOf(Some.Job("/bin/true") with { Stdout = "/sys/kernel/out" });

        error.Should().StartWith("cannot write stdout to /sys/kernel/out: ");
    }

    [Fact]
    public async Task Text_with_a_NUL()
    {
        var args = await ErrorOf(Some.Job("/bin/rm", "precious\0.bak"));
        var env = await ErrorOf(Some.Job("/bin/true") with { Environment = Some.EnvironmentWith("A", "1\0") });
        var stdout = await ErrorOf(Some.Job("/bin/true") with { Stdout = "out\0" });

        args.Should().Be("args holds a NUL character, which no process can be given");
        env.Should().Be("env holds a NUL character, which no process can be given");
        stdout.Should().Be("stdout holds a NUL character, which no process can be given");
    }

    [Fact]
    public async Task No_args_at_all()
    {
        var error = await ErrorOf(Some.Job());

        error.Should().Be("args is empty: there is no program to run");
    }

    [Fact]
    public async Task A_job_that_is_killed_before_it_starts_starts_nothing()
    {
        var file = _folder.File("trace");
        var run = new FakeRun(Some.TestProgramJob("append", file, "ran"));

        var outcome = await TestRunner.Task.RunAsync(run, new CancellationToken(canceled: true));

        outcome.WasStarted.Should().BeFalse();
        run.Pid.IsCompleted.Should().BeFalse();
        File.Exists(file).Should().BeFalse();
    }

    private static async Task<string?> ErrorOf(JobDescription job)
    {
        var run = new FakeRun(job);

        var outcome = await TestRunner.Task.RunAsync(run, TestContext.Current.CancellationToken);

        outcome.WasStarted.Should().BeFalse();
        run.Pid.IsCompleted.Should().BeFalse();
        return outcome.Error;
    }
}
