using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Where and how a process starts, whatever started the box (docs/SPECIFICATION.md#process-setup).</summary>
public sealed class SurroundingsTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task A_job_leads_a_session_without_a_terminal()
    {
        // The fields of proc(5): pid, process group, session, terminal.
        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("cut -d ' ' -f 1,5,6,7 /proc/$$/stat") });

        var fields = job.Printed().Trim().Split(' ');
        fields.Take(3).Distinct().Should().ContainSingle();
        fields[3].Should().Be("0");
    }

    [Theory]
    [InlineData("kill 0")]
    [InlineData("kill -TERM -$$")]
    public async Task A_job_that_ends_its_process_group_ends_itself_only(string script)
    {
        var other = (await Box.SubmitAsync(new { pool = "p", args = Some.Sleep })).Text("id");
        _ = await Box.WaitForStartAsync(other);

        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell(script + "; sleep 1000") });

        job.Number("rc").Should().Be(-15);
        job.Text("error").Should().Be("ended by signal 15 (SIGTERM)");
        (await Box.JobAsync(other)).Text("state").Should().Be("running");
        _ = await Box.AskAsync("kill", other);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/dev/null")]
    public async Task Only_the_three_streams_are_open(string? stderr)
    {
        // The fourth is that of the listing itself.
        var job = await Box.RunAsync(new { pool = "p", args = new[] { "ls", "/proc/self/fd" }, stderr });

        job.Printed().Should().Be("0\n1\n2\n3\n");
    }

    [Fact]
    public async Task Nothing_of_the_starter_of_the_box_reaches_a_job_but_its_variables_also_those_that_are_not_UTF_8()
    {
        using var folder = new TemporaryFolder();
        const string Variables = "\"$(printf 'NAM\\351=1')\" \"$(printf 'NAM\\352=2')\" \"$(printf 'BAD=caf\\351 \\303\\251')\"";
        await using var box = await RunningBox.StartAsync(new BoxStart("pools.p=")
        {
            Prefix =
            [
                "sh", "-c", $"exec env --ignore-signal=CHLD,INT,QUIT,HUP,USR1 --block-signal=USR2,CHLD {Variables} \"$@\"", "sh",
                "flock", "--no-fork", folder.File("lock"),
            ],
        });

        var own = await box.RunAsync(new { pool = "p", args = Some.Shell("grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd") });
        var variables = await box.RunAsync(new { pool = "p", args = Some.Shell("od -An -v -tx1 < /proc/$$/environ | tr -d ' \\n'") });

        own.Printed().Should().Be("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n1\n2\n3\n");
        variables.Printed().Should().ContainAll(
            Convert.ToHexStringLower([.. "NAM"u8, 0xe9, .. "=1"u8, 0]),
            Convert.ToHexStringLower([.. "NAM"u8, 0xea, .. "=2"u8, 0]),
            Convert.ToHexStringLower([.. "BAD=caf"u8, 0xe9, .. " \u00e9"u8, 0]));
    }

    [Fact]
    public async Task PWD_names_the_folder_unless_the_job_does()
    {
        var named = await Box.RunAsync(new { pool = "p", args = new[] { "printenv", "PWD" }, cwd = "/usr/" });
        var given = await Box.RunAsync(new { pool = "p", args = new[] { "printenv", "PWD" }, cwd = "/usr", env = new { PWD = "/else" } });

        named.Printed().Should().Be("/usr\n");
        given.Printed().Should().Be("/else\n");
    }

    [Fact]
    public async Task The_first_argument_is_the_text_that_was_given()
    {
        var job = await Box.RunAsync(new { pool = "p", args = new[] { "cat", "/proc/self/cmdline" } });

        job.Printed().Should().Be("cat\0/proc/self/cmdline\0");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_comes_between_with_files_or_without(bool hasFile)
    {
        using var folder = new TemporaryFolder();
        _ = folder.Folder("date=2026-01-01");
        const string Script = """
            #!/bin/sh
            echo $0 $1
            tr '\0' '\n' < /proc/$$/environ | grep -e ^A.B= -e ^--split-string=

            """;
        var program = folder.WriteProgram("date=2026-01-01/run.sh", Script);
        var env = new Dictionary<string, string> { ["A.B"] = "dots", ["--split-string"] = "echo no" };

        var job = await Box.RunAsync(
            new { pool = "p", args = new[] { program, "x" }, env, stderr = hasFile ? folder.File("err") : null });

        job.Number("rc").Should().Be(0);
        job.Printed().Split('\n').Should().BeEquivalentTo(program + " x", "A.B=dots", "--split-string=echo no", "");
    }

    [Fact]
    public async Task A_job_whose_pipe_nobody_reads_can_be_killed()
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.File("pipe");
        Tool.Run("mkfifo", pipe);

        var id = (await Box.SubmitAsync(new { pool = "p", args = Some.Shell("echo never"), stdout = pipe })).Text("id");
        _ = await Box.WaitForStartAsync(id);
        _ = await Box.AskAsync("kill", id);

        (await Box.WaitForEndAsync(id)).Text("state").Should().Be("killed");
    }

    [Fact]
    public async Task A_job_prints_into_a_pipe_whose_reader_comes_later()
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.File("pipe");
        Tool.Run("mkfifo", pipe);

        var id = (await Box.SubmitAsync(new { pool = "p", args = new[] { "printf", "%s", "a b" }, stdout = pipe })).Text("id");
        _ = await Box.WaitForStartAsync(id);
        var printed = await File.ReadAllTextAsync(pipe, TestContext.Current.CancellationToken);

        printed.Should().Be("a b");
        (await Box.WaitForEndAsync(id)).Text("state").Should().Be("done");
    }
}
