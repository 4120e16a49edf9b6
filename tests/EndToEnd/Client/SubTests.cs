using System.Text.Json;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Cluster;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The command <c>sub</c> (docs/SPECIFICATION.md#submit-words).</summary>
public sealed class SubTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task A_job_is_submitted_and_printed_sorted_by_key_and_indented_by_4()
    {
        var id = Some.Id();

        var run = await Box.ClientAsync("sub", $"id={id}", "hold=1", "tag=b,a", "p", "echo", "hello");

        run.Status.Should().Be(0);
        run.Errors.Should().BeEmpty();
        run.Output.Should().StartWith($$"""
            {
                "{{id}}": {
                    "active": false,
                    "args": [
                        "echo",
                        "hello"
                    ],
                    "fail_count": 0,
                    "hold": true,
                    "id": "{{id}}",
            """);
        run.Output.Should().EndWith("    }\n}\n");
        var keys = run.Json.Find(id)!.Value.Keys();
        keys.Should().BeInAscendingOrder(StringComparer.Ordinal);
        run.Json.Find(id)!.Value.Texts("tags").Should().Equal("b", "a");
    }

    [Fact]
    public async Task Wait_does_not_print_another_run_of_a_known_id()
    {
        var id = Some.Id();
        var first = await Box.ClientAsync("sub", "wait=1", $"id={id}", "p", "echo", "first");

        var ended = await Box.ClientAsync("sub", "wait=1", $"id={id}", "p", "echo", "second");
        var again = await Box.ClientAsync("sub", "wait=1", $"id={id}", "state=new", "p", "echo", "third");
        _ = await Box.SubmitAsync(new { id, pool = "p", args = Some.Sleep, state = "new" });
        _ = await Box.WaitForStartAsync(id);
        var running = await Box.ClientAsync("sub", "wait=1", $"id={id}", "p", "echo", "fourth");
        _ = await Box.AskAsync("kill", id);

        first.Output.Should().Be("first\n");
        (ended.Status, ended.Output).Should().Be((1, ""));
        ended.Errors.Should().Contain($"job '{id}' has already ended (done) and was not run; state=new runs it again");
        (again.Status, again.Output).Should().Be((0, "third\n"));
        (running.Status, running.Output).Should().Be((1, ""));
        running.Errors.Should().Contain($"job '{id}' is running with other args");
    }

    [Fact]
    public async Task The_words_after_the_pool_are_passed_unchanged()
    {
        string[] hostile =
        [
            "printf", "[%s]", "ls", "--help", "-la", "@x", "a=b", "--version", "-h", "-?", "--", "[suggest]", "[diagram]", "port=1",
            "wait=1", "/x", "", " ", "a b", "$HOME", "*", "--x=y", "-", "@/etc/passwd", "p", "file=-", "ä漢\ud83d\ude00",
        ];

        var run = await Box.ClientAsync(["sub", "wait=1", "p", .. hostile]);

        run.Output.Should().Be(string.Concat(hostile.Skip(2).Select(word => $"[{word}]")));
        run.Status.Should().Be(0);
    }

    [Fact]
    public async Task A_program_may_look_like_an_option()
    {
        var run = await Box.ClientAsync("sub", "hold=1", "p", "--help");

        run.Json.EnumerateObject().Single().Value.Texts("args").Should().Equal("--help");
    }

    [Fact]
    public async Task The_words_before_the_pool_are_keys_of_the_job()
    {
        using var folder = new TemporaryFolder();
        var id = Some.Id();

        var run = await Box.ClientAsync(
            "sub", $"id={id}", "node=n1", "stdin=/dev/null", $"stdout={folder.File("out")}", "stderr=/dev/null", "restart=1", "retries=2",
            "resubmit=1", "runtime=60", "hold=1", "tag=t", "env.A=1", "env.B=x y", "cwd=/tmp", "config.shell=true", "p", "true");

        var job = run.Json.Find(id)!.Value;
        job.Text("node").Should().Be("n1");
        job.Text("stdin").Should().Be("/dev/null");
        job.Text("stdout").Should().Be(folder.File("out"));
        job.Text("stderr").Should().Be("/dev/null");
        job.Flag("restart").Should().BeTrue();
        job.Number("retries").Should().Be(2);
        job.Flag("resubmit").Should().BeTrue();
        job.Number("runtime").Should().Be(60);
        job.Texts("tags").Should().Equal("t");
        job.Find("env")!.Value.GetRawText().ReplaceLineEndings("").Replace(" ", "").Should().Be("""{"A":"1","B":"xy"}""");
        job.Text("cwd").Should().Be("/tmp");
        job.Find("config")!.Value.Flag("shell").Should().BeTrue();
        run.Errors.Should().BeEmpty();
        await Box.ClientAsync("del", id);
    }

    [Theory]
    [InlineData("id", "007")]
    [InlineData("stdin", "1e3")]
    [InlineData("stdout", "true")]
    [InlineData("stderr", "[x")]
    [InlineData("node", "0.10")]
    public async Task Names_and_paths_are_always_texts(string key, string value)
    {
        var run = await Box.ClientAsync("sub", $"{key}={value}", "hold=1", "p", "true");

        var job = run.Json.EnumerateObject().Single().Value;
        job.Text(key).Should().Be(value);
        await Box.ClientAsync("del", job.Text("id"));
    }

    [Fact]
    public async Task The_pool_may_look_like_a_number_and_may_be_followed_by_a_node()
    {
        var run = await Box.ClientAsync("sub", "hold=1", "12@n7", "true");

        var job = run.Json.EnumerateObject().Single().Value;
        job.Text("pool").Should().Be("12");
        job.Text("node").Should().Be("n7");
        await Box.ClientAsync("del", job.Text("id"));
    }

    [Theory]
    [InlineData("p@n1,n8")]
    [InlineData("node=n1,n8")]
    public async Task A_list_of_nodes_makes_a_job_on_each(string word)
    {
        var id = Some.Id();
        string[] words = word.StartsWith("node") ? [word, "p", "true"] : [word, "true"];

        var run = await Box.ClientAsync(["sub", $"id={id}", "hold=1", .. words]);

        run.Json.Keys().Should().Equal($"{id}.n1", $"{id}.n8");
        await Box.ClientAsync("del", $"{id}.n1", $"{id}.n8");
    }

    [Fact]
    public async Task A_pattern_of_nodes_makes_a_job_on_each_match()
    {
        var run = await Box.ClientAsync("sub", "hold=1", "p@*", "true");

        run.Json.EnumerateObject().Should().ContainSingle().Which.Value.Text("node").Should().Be("n1");
    }

    [Fact]
    public async Task With_the_key_pool_the_first_word_is_the_program()
    {
        var run = await Box.ClientAsync("sub", "pool=p", "hold=1", "echo", "x");

        var job = run.Json.EnumerateObject().Single().Value;
        job.Text("pool").Should().Be("p");
        job.Texts("args").Should().Equal("echo", "x");
    }

    [Fact]
    public async Task An_existing_id_is_changed_and_needs_no_pool()
    {
        var id = Some.Id();
        await Box.RunAsync(new { id, pool = "p", args = Some.True });

        var run = await Box.ClientAsync("sub", $"id={id}", "state=new");

        run.Status.Should().Be(0);
        (await Box.WaitForJobAsync(id, job => job.Number("start_count") == 2)).Text("id").Should().Be(id);
    }

    [Fact]
    public async Task Quiet_prints_only_the_id()
    {
        var id = Some.Id();

        var run = await Box.ClientAsync("sub", "quiet=1", $"id={id}", "hold=1", "p", "true");

        run.Output.Should().Be(id + "\n");
    }

    [Fact]
    public async Task A_rejected_submit_is_one_line_and_exit_status_1()
    {
        var run = await Box.ClientAsync("sub", "runtime=long", "p", "true");

        run.Status.Should().Be(1);
        run.Errors.Should().Be("meeseeks-client: runtime: 'long' is not a number of seconds, 0 or more\n");
        run.Json.EnumerateObject().Single().Value.ValueKind.Should().Be(JsonValueKind.False);
    }

    [Theory]
    [InlineData("retires", "retries")]
    [InlineData("wiat", "wait")]
    [InlineData("quite", "quiet")]
    public async Task An_unknown_key_is_a_warning_with_a_suggestion(string typed, string meant)
    {
        var run = await Box.ClientAsync("sub", "quiet=1", "hold=1", $"{typed}=1", "p", "true");

        run.Status.Should().Be(0);
        run.Errors.Should().Be($"meeseeks-client: warning: {typed}: not something that submit takes, ignored; did you mean {meant}?\n");
    }

    [Theory]
    [InlineData("tag=a")]
    [InlineData("id=my-own")]
    public async Task An_unknown_pool_is_one_warning_with_the_known_pools(string more)
    {
        var run = await Box.ClientAsync("sub", "quiet=1", more, "nopool", "true");

        run.Status.Should().Be(0);
        run.Errors.Should().Be("meeseeks-client: warning: no node online has a pool 'nopool': the job waits until one has; "
            + "known pools: endless, hasty, later, one, p, patient, slow, small, strict\n");
        await Box.ClientAsync("del", run.Lines[0]);
    }

    [Fact]
    public async Task Wait_prints_the_output_and_exits_with_the_status_of_the_job()
    {
        var run = await Box.ClientAsync(["sub", "wait=1", "p", .. Some.Shell("echo out; printf '\\377\\n' | wc -c; echo err >&2; exit 3")]);

        run.Should().BeEquivalentTo(new { Status = 3, Output = "out\n2\n", Errors = "err\n" });
    }

    [Fact]
    public async Task Wait_for_a_job_that_cannot_start_prints_its_error()
    {
        var id = Some.Id();

        var run = await Box.ClientAsync("sub", "wait=1", $"id={id}", "p", "/no/such/program");

        run.Status.Should().Be(1);
        run.Errors.Should().StartWith($"meeseeks-client: job '{id}' failed: ").And.Contain("/no/such/program");
    }

    [Fact]
    public async Task Wait_for_a_killed_job_exits_with_128_plus_the_signal()
    {
        var id = Some.Id();
        using var client = Box.StartClient("sub", "wait=1", $"id={id}", "p", "sleep", "1000");
        await Box.WaitForStartAsync(id);

        await Box.AskAsync("kill", id);

        (await ClientProgram.EndAsync(client)).Status.Should().Be(128 + 9);
    }

    [Fact]
    public async Task A_signal_that_nohup_ignores_does_not_end_the_client()
    {
        var id = Some.Id();
        using var folder = new TemporaryFolder();
        var wait = $"while ! test -e {folder.File("go")}; do sleep 0.05; done";

        var run = await Box.ShellAsync($"""
            nohup $0 sub wait=1 id={id} p sh -c '{wait}; echo end' &
            until $0 job {id} 2>/dev/null | grep -q running; do :; done
            kill -HUP $!
            touch {folder.File("go")}
            wait $!
            """);

        run.Should().BeEquivalentTo(new { Status = 0, Output = "end\n" });
    }

    [Theory]
    [InlineData(Signal.Hangup)]
    [InlineData(Signal.Interrupt)]
    [InlineData(Signal.Quit)]
    [InlineData(Signal.Terminate)]
    public async Task An_interrupted_wait_kills_the_job(int signal)
    {
        var id = Some.Id();
        using var client = Box.StartClientForSignals("sub", "wait=1", $"id={id}", "p", "sleep", "1000");
        await Box.WaitForStartAsync(id);

        Signal.Send(client.Id, signal);

        (await ClientProgram.EndAsync(client)).Status.Should().Be(128 + signal);
        var job = await Box.JobAsync(id);
        job.Text("state").Should().Be("killed");
        job.Flag("active").Should().BeFalse();
    }

    [Fact]
    public async Task An_interrupt_before_the_answer_to_the_submit_kills_the_job()
    {
        var id = Some.Id();
        await using var way = Proxy.Before(Box.Port);
        way.Delay = TimeSpan.FromSeconds(0.5);
        using var client = ClientProgram.Start($"address=127.0.0.1 port={way.Port}", "sub", "wait=1", $"id={id}", "p", "sleep", "1000");
        await Box.WaitForStartAsync(id);

        Signal.Send(client.Id, Signal.Terminate);
        way.Delay = TimeSpan.Zero;

        (await ClientProgram.EndAsync(client)).Status.Should().Be(143);
        (await Box.JobAsync(id)).Text("state").Should().Be("killed");
    }

    [Fact]
    public async Task An_unconfirmed_kill_is_an_error()
    {
        var id = Some.Id();
        await using var way = Proxy.Before(Box.Port);
        using var client = ClientProgram.Start(
            $"address=127.0.0.1 port={way.Port} timeout=3", "sub", "wait=1", $"id={id}", "p", "sleep", "1000");
        await Box.WaitForStartAsync(id);
        way.Swallow();

        Signal.Send(client.Id, Signal.Interrupt);

        var run = await ClientProgram.EndAsync(client);
        run.Status.Should().Be(130);
        run.Errors.Should().MatchRegex(@"^meeseeks-client: (submit|kill of '.*') not confirmed: no answer from the box within 3 s.*\n$");
        await Box.AskAsync("kill", id);
    }

    [Fact]
    public async Task A_job_is_submitted_for_each_line_of_a_file_with_the_keys_as_defaults()
    {
        using var folder = new TemporaryFolder();
        var (one, two, tag) = (Some.Id(), Some.Id(), Some.Id());
        var file = folder.Write("jobs.jsonl", $$"""
            {"id":"{{one}}","args":["true"]}

            {"id":"{{two}}","args":["true"],"hold":0}
            """);

        var run = await Box.ClientAsync("sub", "quiet=1", "pool=p", "hold=1", $"tag={tag}", $"file={file}");

        run.Should().BeEquivalentTo(new { Status = 0, Output = $"{one}\n{two}\n", Errors = "" });
        (await Box.JobAsync(one)).Flag("hold").Should().BeTrue();
        (await Box.JobAsync(two)).Texts("tags").Should().Equal(tag);
        (await Box.WaitForEndAsync(two)).Text("state").Should().Be("done");
    }

    [Fact]
    public async Task Jobs_are_read_from_standard_input_and_invalid_lines_are_errors()
    {
        var id = Some.Id();

        var run = await Box.ClientWithInputAsync($$"""
            {"id":"{{id}}","pool":"p","args":["true"]}
            {"id":
            [1]
            {"args":["true"]}
            """, "sub", "quiet=1", "file=-");

        run.Status.Should().Be(1);
        run.Output.Should().Be(id + "\n");
        run.Errors.Split('\n').Should().HaveCount(4)
            .And.Contain(line => line.StartsWith("meeseeks-client: standard input:2: not JSON: character "))
            .And.Contain(line => line.StartsWith("meeseeks-client: standard input:3: a job is an object"))
            .And.Contain(line => line.StartsWith("meeseeks-client: standard input:4: pool: "));
    }

    [Fact]
    public async Task Ten_thousand_jobs_are_submitted_in_order()
    {
        var tag = Some.Id();
        var lines = Enumerable.Range(0, 10_000)
            .Select(number => JsonSerializer.Serialize(new { id = $"{tag}-{number}", pool = "p", args = Some.True, hold = 1 }));

        var run = await Box.ClientWithInputAsync(string.Join('\n', lines), "sub", "quiet=1", $"tag={tag}", "file=-");

        run.Lines.Should().HaveCount(10_000).And.StartWith([$"{tag}-0", $"{tag}-1"]).And.EndWith($"{tag}-9999");
        (await Box.ClientAsync("ls", "quiet=1", $"tag={tag}")).Lines.Should().HaveCount(10_000);
        await Box.ClientAsync("del", $"tag={tag}");
    }

    [Theory]
    [InlineData("no pool given*")]
    [InlineData("no program given for pool 'p'*", "p")]
    [InlineData("wait=maybe: *", "wait=maybe", "p", "true")]
    [InlineData("wait=1 and quiet=1 cannot be combined*", "wait=1", "quiet=1", "p", "true")]
    [InlineData("wait=1 and file= cannot be combined*", "wait=1", "file=x")]
    [InlineData("file= and a program cannot be combined*", "file=x", "p", "true")]
    [InlineData("command line: *a key is empty*", "=x", "p", "true")]
    [InlineData("command line: config: bad JSON*", "config={", "p", "true")]
    public async Task Wrong_usage_is_exit_status_2_with_a_reference_to_the_help(string message, params string[] words)
    {
        var run = await Box.ClientAsync(["sub", .. words]);

        run.Status.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Errors.Should().Match($"meeseeks-client: {message}\nmeeseeks-client: see meeseeks-client sub --help\n");
    }
}
