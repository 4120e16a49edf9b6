using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Jobs;

/// <summary>Stdin, stdout, stderr and kept output (docs/SPECIFICATION.md#input-and-output).</summary>
public sealed class FilesTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task Stdin_is_read_from_its_file_and_without_one_it_is_empty()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("in put", "from a file\n");

        var fed = await Box.RunAsync(new { pool = "p", args = new[] { "/bin/cat" }, stdin = input });
        var hungry = await Box.RunAsync(new { pool = "p", args = Some.Shell("cat; echo end") });

        fed.Printed().Should().Be("from a file\n");
        hungry.Printed().Should().Be("end\n");
    }

    [Fact]
    public async Task Stdout_and_stderr_files_are_made_and_then_appended_to()
    {
        using var folder = new TemporaryFolder();
        var spec = new
        {
            pool = "p",
            args = Some.Shell("echo out; echo err >&2"),
            stdout = folder.File("o'u t"),
            stderr = folder.File("e$rr"),
        };

        var first = await Box.RunAsync(spec);
        _ = await Box.RunAsync(spec);

        (await File.ReadAllTextAsync(spec.stdout, TestContext.Current.CancellationToken)).Should().Be("out\nout\n");
        (await File.ReadAllTextAsync(spec.stderr, TestContext.Current.CancellationToken)).Should().Be("err\nerr\n");
        first.Find("stdout_data").Should().BeNull();
        first.Find("stderr_data").Should().BeNull();
    }

    [Fact]
    public async Task The_same_path_for_both_shares_one_file()
    {
        using var folder = new TemporaryFolder();
        var both = folder.File("both");

        _ = await Box.RunAsync(new { pool = "p", args = Some.Shell("echo 1; echo 2 >&2; echo 3"), stdout = both, stderr = both });

        (await File.ReadAllTextAsync(both, TestContext.Current.CancellationToken)).Should().Be("1\n2\n3\n");
    }

    [Fact]
    public async Task Paths_are_relative_to_the_folder_of_the_job()
    {
        using var folder = new TemporaryFolder();
        _ = folder.Write("in", "x");

        var job = await Box.RunAsync(new { pool = "p", args = new[] { "/bin/cat" }, cwd = folder.Path, stdin = "in", stdout = "out" });

        job.Text("state").Should().Be("done");
        (await File.ReadAllTextAsync(folder.File("out"), TestContext.Current.CancellationToken)).Should().Be("x");
    }

    [Fact]
    public async Task A_stdin_file_that_is_not_there_fails_the_job_and_is_named()
    {
        var job = await Box.RunAsync(new { pool = "p", args = new[] { "/bin/cat" }, stdin = "/no/such/file" });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain("/no/such/file");
    }

    [Fact]
    public async Task A_stdout_file_in_no_folder_fails_the_job_and_is_named()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.True, stdout = "/no/such/folder/out" });

        job.Text("state").Should().Be("failed");
        job.Text("error").Should().Contain("/no/such/folder");
    }

    [Fact]
    public async Task Output_over_the_limit_keeps_its_first_and_last_part()
    {
        var job = await Box.RunAsync(
            new { pool = "small", args = Some.Shell("printf A; head -c 2000 /dev/zero | tr '\\0' x; printf Z; printf short >&2") });

        job.Printed().Should().Be("A" + new string('x', 998) + "Z");
        job.Flag("stdout_truncated").Should().BeTrue();
        job.Printed("stderr").Should().Be("short");
        job.Find("stderr_truncated").Should().BeNull();
    }

    [Fact]
    public async Task Memory_for_a_job_never_grows_however_much_it_prints()
    {
        await using var box = await RunningBox.StartAsync("pools.p=");
        var before = box.ResidentMemory();

        var job = await box.RunAsync(new { pool = "p", args = new[] { "/usr/bin/head", "-c", "150000000", "/dev/zero" } });

        job.Text("state").Should().Be("done");
        job.Flag("stdout_truncated").Should().BeTrue();
        Convert.FromBase64String(job.Text("stdout_data")).Should().HaveCount(1024 * 1024);
        (box.ResidentMemory() - before).Should().BeLessThan(100_000_000);
    }

    [Fact]
    public async Task Binary_output_is_kept()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("printf '\\000\\377\\n'") });

        Convert.FromBase64String(job.Text("stdout_data")).Should().Equal(0, 255, 10);
    }

    [Fact]
    public async Task A_background_process_delays_the_end_by_at_most_2_s_and_goes_on()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("sleep 1000 & echo $!") });
        var left = int.Parse(job.Printed());

        job.Text("state").Should().Be("done");
        (job.Number("end_ts") - job.Number("start_ts")).Should().BeInRange(1.9, 8);
        Signal.IsAlive(left).Should().BeTrue();
        await Box.WaitForLogAsync("a background process still holds its output");
        Signal.Send(left, Signal.Terminate);
    }

    [Fact]
    public async Task A_background_process_without_the_output_does_not_delay_the_end()
    {
        var job = await Box.RunAsync(new { pool = "p", args = Some.Shell("sleep 1000 >/dev/null 2>&1 & echo $!") });

        (job.Number("end_ts") - job.Number("start_ts")).Should().BeLessThan(1.5);
        Signal.Send(int.Parse(job.Printed()), Signal.Terminate);
    }
}
