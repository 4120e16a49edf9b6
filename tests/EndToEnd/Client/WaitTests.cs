using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The commands <c>wait</c>, <c>out</c> and <c>err</c>.</summary>
public sealed class WaitTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task Wait_exits_with_the_status_of_the_job()
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", args = Some.Shell("sleep 0.2; exit 5") });

        var run = await Box.ClientAsync("wait", id);

        run.Should().BeEquivalentTo(new { Status = 5, Output = $"{id}\tfailed\t(5)\n", Errors = "" });
    }

    [Fact]
    public async Task A_client_that_waits_says_that_the_box_is_gone_and_goes_on_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["pools.p.slots=1", $"state.file={folder.File("state")}"];
        var box = await RunningBox.StartAsync(words);
        var port = box.Port;
        await box.SubmitAsync(new { id = "a", pool = "p", args = Some.True, hold = 1 });
        using var waiting = box.StartClient("refresh=0.05", "job", "a");
        (await waiting.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Be("{");
        await box.CrashAsync();

        (await waiting.StandardError.ReadLineAsync(TestContext.Current.CancellationToken))
            .Should().Contain("connection refused").And.EndWith("it is tried again for up to 5 minutes");
        await using var again = await RunningBox.StartAsync([.. words, $"listen.port={port}"]);
        await again.SubmitAsync(new { id = "a", hold = false });

        (await waiting.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Contain("\"state\": \"done\"");
    }

    [Fact]
    public async Task Wait_for_several_jobs_ends_with_the_last_and_prints_each()
    {
        var (tag, one, two) = (Some.Id(), Some.Id(), Some.Id());
        await Box.SubmitAsync(new { id = one, pool = "p", args = Some.Shell("sleep 0.1"), tags = new[] { tag } });
        await Box.SubmitAsync(new { id = two, pool = "p", args = Some.Shell("exit 4"), tags = new[] { tag } });

        var run = await Box.ClientAsync("wait", $"tag={tag}");

        run.Status.Should().Be(4);
        run.Lines.Should().BeEquivalentTo($"{one}\tdone\t(0)", $"{two}\tfailed\t(4)");
    }

    [Fact]
    public async Task The_output_of_a_job_is_printed_byte_by_byte()
    {
        var id = Some.Id();
        await Box.RunAsync(new { id, pool = "p", args = Some.Shell("printf 'a\\tb\\n\\n'; printf e >&2") });

        (await Box.ClientAsync("out", id)).Should().BeEquivalentTo(new { Status = 0, Output = "a\tb\n\n", Errors = "" });
        (await Box.ClientAsync("err", id)).Should().BeEquivalentTo(new { Status = 0, Output = "e", Errors = "" });
    }

    [Fact]
    public async Task Truncated_output_is_a_warning()
    {
        var id = Some.Id();
        await Box.RunAsync(new { id, pool = "small", args = Some.Shell("yes | head -5000") });

        var run = await Box.ClientAsync("out", id);

        run.Output.Should().HaveLength(1000);
        run.Errors.Should().Be(
            $"meeseeks-client: warning: job '{id}': a part of its stdout is missing: over the pool's output_limit, or lost on its node\n");
    }

    [Fact]
    public async Task The_output_of_a_running_job_is_what_it_has_printed_so_far()
    {
        var id = Some.Id();
        using var folder = new TemporaryFolder();
        var script = Some.Shell("echo early; while ! test -e \"$0\"; do sleep 0.05; done; echo late", folder.File("go"));
        await Box.SubmitAsync(new { id, pool = "p", args = script });
        var early = await Box.WaitForAsync(() => Box.ClientAsync("out", id), said => said.Output.Length > 0);
        using var client = Box.StartClient("out", "follow=1", id);

        folder.Write("go", "");

        early.Should().BeEquivalentTo(new { Status = 0, Output = "early\n", Errors = "" });
        (await ClientProgram.EndAsync(client)).Should().BeEquivalentTo(new { Status = 0, Output = "early\nlate\n" });
    }

    [Fact]
    public async Task A_file_on_this_host_is_followed_while_the_job_runs()
    {
        using var folder = new TemporaryFolder();
        var id = Some.Id();
        await Box.SubmitAsync(new
        {
            id,
            pool = "p",
            stdout = folder.File("out"),
            args = Some.Shell("echo one; while ! test -e \"$0\"; do sleep 0.05; done; echo two", folder.File("go")),
        });
        await Box.WaitForFileAsync(folder.File("out"), text => text == "one\n");
        using var client = Box.StartClient("out", id, "follow=1");
        var first = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        folder.Write("go", "");

        first.Should().Be("one");
        (await ClientProgram.EndAsync(client)).Should().BeEquivalentTo(new { Status = 0, Output = "two\n" });
    }

    [Fact]
    public async Task A_missing_output_file_is_named_in_the_error()
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", hold = 1, stdout = "/no/such/file", args = Some.True });

        var run = await Box.ClientAsync("out", id);

        run.Status.Should().Be(1);
        run.Errors.Should().StartWith($"meeseeks-client: job '{id}' prints to /no/such/file on node ");
    }

    [Theory]
    [InlineData("cwd")]
    [InlineData("config")]
    public async Task A_relative_output_file_is_found_in_the_folder_of_the_job(string key)
    {
        using var folder = new TemporaryFolder();
        var id = Some.Id();
        await Box.RunAsync(new
        {
            id,
            pool = "p",
            stdout = "rel.out",
            cwd = key is "cwd" ? folder.Path : null,
            config = key is "config" ? new { cwd = folder.Path } : null,
            args = Some.Shell("echo hi"),
        });

        (await Box.ClientAsync("out", id)).Should().BeEquivalentTo(new { Status = 0, Output = "hi\n", Errors = "" });
    }

    [Fact]
    public async Task The_client_does_not_guess_the_folder_of_the_box()
    {
        var id = Some.Id();
        await Box.SubmitAsync(new { id, pool = "p", hold = 1, stdout = "rel.out", stderr = "rel.err", cwd = "rel", args = Some.True });

        var run = await Box.ClientAsync("err", id);

        run.Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "",
            Errors = $"meeseeks-client: job '{id}' prints to rel/rel.err in the working folder of its box, which the client does not know; "
                + "give the file with its full path, or set cwd\n",
        });
    }

    [Fact]
    public async Task A_pipe_or_a_device_is_named_and_not_read()
    {
        using var folder = new TemporaryFolder();
        var (one, two, pipe) = (Some.Id(), Some.Id(), folder.File("pipe"));
        Tool.Run("mkfifo", pipe);
        await Box.SubmitAsync(new { id = one, pool = "p", hold = 1, stdout = pipe, args = Some.True });
        await Box.SubmitAsync(new { id = two, pool = "p", hold = 1, stdout = "/dev/zero", args = Some.True });

        (await Box.ClientAsync("out", one)).Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "",
            Errors = $"meeseeks-client: job '{one}' prints to {pipe}, which is a named pipe: its output is not kept there\n",
        });
        (await Box.ClientAsync("out", "follow=1", two)).Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "",
            Errors = $"meeseeks-client: job '{two}' prints to /dev/zero, which is a device: its output is not kept there\n",
        });
    }

    [Theory]
    [InlineData("hist file=/", "/: the history cannot be read: it is a folder")]
    [InlineData("hist file=/nosuch/file", "/nosuch/file: the history cannot be read: its folder /nosuch does not exist")]
    [InlineData("sub pool=p file=/", "/: the file cannot be read: it is a folder")]
    [InlineData("ls id=nosuch log=/", "warning: log: / cannot be written: it is a folder")]
    [InlineData("ls id=nosuch log=/dev/full", "warning: log: /dev/full cannot be written: no space left on device")]
    public async Task Faults_of_files_are_in_plain_words(string words, string error)
    {
        (await Box.ClientAsync(words.Split(' '))).Errors.Should().Be($"meeseeks-client: {error}\n");
    }
}
