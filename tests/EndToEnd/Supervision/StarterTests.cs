using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Watch;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Supervision;

/// <summary>What a starter leaves to a box has no effect on it (docs/SPECIFICATION.md#start-of-a-program).</summary>
public sealed class StarterTests
{
    // Each box has all that a starter can leave, and closed streams and a signal to stop of its own.
    [Theory]
    [InlineData("<&-", Signal.Terminate)]
    [InlineData(">&-", Signal.Interrupt)]
    [InlineData("<&- >&-", Signal.Quit)]
    public async Task A_box_with_closed_streams_ignored_and_blocked_signals_and_few_descriptors_runs_jobs_reloads_and_stops(
        string closed, int signal)
    {
        using var folder = new TemporaryFolder();
        var state = folder.File("state");
        var config = folder.Write("box.cfg", """{ "pools": { "p": {} } }""");
        await using var box = await RunningBox.StartAsync(new BoxStart(config, $"state.file={state}", "state.expire=600")
        {
            Prefix =
            [
                "prlimit", "--nofile=192:192", "env", "--ignore-signal=HUP,INT,QUIT,TERM,CHLD", "--block-signal",
                "sh", "-c", $"exec \"$@\" {closed}", "sh",
            ],
        });

        var job = await box.RunAsync(new { pool = "p", args = Some.Shell("cat; echo out; echo err >&2") });
        var streams = Enumerable.Range(0, 3).Select(number => Descriptor(box.Pid, number)).ToArray();
        box.Send(Signal.Hangup);
        await box.WaitForLogAsync("new configuration in force");

        (job.Text("state"), job.Printed()).Should().Be(("done", "out\n"));
        streams.Should().OnlyContain(
            target => target == "/dev/null" || target.StartsWith("pipe:", StringComparison.Ordinal), "no file is in their place");
        (await box.StopAsync(signal)).Should().Be(0);
        JsonElement.Parse(await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken)).Keys().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_box_without_any_stream_in_a_folder_that_was_deleted_runs_jobs_and_has_its_log_in_a_file()
    {
        using var folder = new TemporaryFolder();
        var (log, gone) = (folder.File("log"), folder.File("gone"));
        await using var box = await RunningBox.StartAsync(new BoxStart("pools.p=", $"logging.filename={log}")
        {
            LogFile = log,
            Prefix = ["sh", "-c", $"mkdir {gone}; cd {gone}; rmdir {gone}; exec \"$@\" <&- >&- 2>&-", "sh"],
        });

        (await box.RunAsync(new { pool = "p", args = Some.True, cwd = "/" })).Text("state").Should().Be("done");
        (await box.RunAsync(new { pool = "p", args = Some.True })).Text("error").Should().Contain("folder of the box");
        Enumerable.Range(0, 3).Select(number => Descriptor(box.Pid, number)).Should().AllBe("/dev/null");
    }

    // So few that the runtime hardly starts.
    [Fact]
    public async Task Too_few_descriptors_end_the_start_with_one_line()
    {
        using var folder = new TemporaryFolder();
        using var process = BoxProgram.Start(
            folder.Path, new BoxStart("listen.port=0") { Prefix = ["prlimit", "--nofile=24:24"] });

        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(1);
        errors.Should().Be(
            "meeseeks-box: cannot start: at most 24 files may be open, and 192 are needed; "
                + "raise the limit (ulimit -n, or LimitNOFILE= of a systemd unit)\n");
    }

    [Theory]
    [InlineData("x.cfg", "x.cfg: the file cannot be read: ")]
    [InlineData(
        "logging.filename=x state.file=x state.history=x", "logging.filename: the file 'x' cannot be written: ",
        "state.file: x cannot be written: ", "state.history: x cannot be written: ")]
    public async Task A_relative_path_in_a_folder_that_was_deleted_is_a_mistake(string words, params string[] places)
    {
        using var folder = new TemporaryFolder();
        var gone = folder.File("gone");
        using var process = BoxProgram.Start(folder.Path, new BoxStart(["listen.port=0", .. words.Split(' ')])
        {
            Prefix = ["sh", "-c", $"mkdir {gone}; cd {gone}; rmdir {gone}; exec \"$@\"", "sh"],
        });

        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(2);
        var lines = errors.Split('\n');
        lines.Should().HaveCount(places.Length + 1, "each mistake is a line");
        foreach (var (line, place) in lines.Zip(places))
            line.Should().StartWith($"{place}the working folder was deleted; use a full path");
    }

    [Fact]
    public async Task A_limit_of_the_file_size_is_a_full_disk_to_the_journal()
    {
        using var folder = new TemporaryFolder();
        await using var box = await RunningBox.StartAsync(
            $"state.file={folder.File("state")}", "state.checkpoint=0", "state.expire=600", "pools.p.slots=0");
        Tool.Run("prlimit", "--pid", $"{box.Pid}", "--fsize=16384:unlimited");
        using var other = await box.ConnectAsync();

        await other.SendAsync($$$"""{"submit":{"id":"large","pool":"nowhere","args":["{{{new string('x', 20_000)}}}"]}}""" + "\n");
        await box.WaitForLogAsync("journal write failed, submits rejected");
        var refused = await box.AskObjectAsync(new { submit = new { pool = "nowhere", args = Some.True } });
        Tool.Run("prlimit", "--pid", $"{box.Pid}", "--fsize=unlimited:unlimited");
        var answer = await other.ReadLineAsync();
        await box.WaitForLogAsync("journal writable again");

        refused.Text("error").Should().Contain("the state cannot be saved");
        answer.Should().BeNull("an answer guarantees that the change is on disk");
        (await box.JobAsync("large")).Text("state").Should().Be("new");
    }

    [Fact]
    public async Task As_the_first_process_of_a_container_a_box_reaps_orphans_and_stops_at_SIGTERM()
    {
        Tool.NeedsRoot("a container");
        Tool.Run("unshare", "--pid", "--fork", "--mount-proc", "true");
        await using var box = await RunningBox.StartAsync(
            new BoxStart("pools.p=") { Prefix = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] });
        var pid = Children(box.Pid).Single();

        // Before and after the first job, which starts the runner.
        LeaveOrphan();
        await Wait.Until(() => Zombies() is [], () => "there is a zombie", TestContext.Current.CancellationToken);
        var job = await box.RunAsync(new { pool = "p", args = Some.Shell("echo $PPID") });
        LeaveOrphan();
        await Wait.Until(() => Zombies() is [], () => "there is a zombie", TestContext.Current.CancellationToken);
        Signal.Send(pid, Signal.Terminate);

        job.Text("state").Should().Be("done");
        job.Printed().Should().NotBe("1\n", "the runner is the parent of jobs");
        (await box.WaitForExitAsync()).Should().Be(0);

        // Its parent has ended when the program returns, and the orphan is a child of the box until it is killed.
        void LeaveOrphan()
        {
            Tool.Run("nsenter", "-t", $"{pid}", "-p", "sh", "-c", "sleep 1000 > /dev/null 2>&1 &");
            Signal.Send(Children(pid).Should().ContainSingle(child => NameOf(child) == "sleep").Subject, Signal.Kill);
        }

        int[] Zombies() => [.. Children(pid).Where(child => !Signal.IsAlive(child) || NameOf(child) == "sleep")];
    }

    [Theory]
    [InlineData("env --ignore-signal=HUP,INT,QUIT,TERM,CHLD", Signal.Quit)]
    [InlineData("env --block-signal", Signal.Interrupt)]
    public async Task A_watcher_whose_signals_were_ignored_or_blocked_reloads_and_stops(string prefix, int signal)
    {
        using var folder = new TemporaryFolder();
        using var process = WatchProgram.StartBy(
            prefix.Split(' '),
            "control=false",
            $$"""watch.a={"path":"{{folder.Path}}","glob":"*","jobs":[{"pool":"p","args":["true"]}]}""");
        var log = new BoxLog(process, null);
        await Wait.Until(() => log.Has("watch started"), log.ToString, TestContext.Current.CancellationToken);

        Signal.Send(process.Id, Signal.Hangup);
        await Wait.Until(() => log.Has("configuration"), log.ToString, TestContext.Current.CancellationToken);
        Signal.Send(process.Id, signal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Too_few_descriptors_end_the_start_of_a_watcher_with_one_line()
    {
        using var process = WatchProgram.StartBy(["prlimit", "--nofile=40:40"], "watch.a.path=/tmp");

        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        errors.Should().StartWith("meeseeks-watch: cannot start: at most 40 files may be open, and 192 are needed; ");
        errors.Trim().Should().NotContain("\n");
    }

    private static string Descriptor(int pid, int number) => new FileInfo($"/proc/{pid}/fd/{number}").LinkTarget!;

    private static int[] Children(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static string NameOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
