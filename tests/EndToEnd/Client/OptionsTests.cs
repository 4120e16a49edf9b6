using System.Net;
using System.Net.Sockets;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>Client options, exit status, help, and the q names (docs/SPECIFICATION.md#client-options).</summary>
public sealed class OptionsTests(SharedBox shared) : SharedBoxTests(shared)
{
    [Fact]
    public async Task Words_override_the_options_of_the_variable()
    {
        (await ClientProgram.RunAsync($"address=127.0.0.1 port={Box.Port}", "pools")).Status.Should().Be(0);
        (await ClientProgram.RunAsync("address=127.0.0.1 port=1", $"port={Box.Port}", "pools")).Status.Should().Be(0);
        (await ClientProgram.RunAsync("address=127.0.0.1 port=1", "pools", $"port={Box.Port}")).Status.Should().Be(0);
    }

    [Fact]
    public async Task A_port_may_follow_the_address()
    {
        (await ClientProgram.RunAsync("port=1", $"address=127.0.0.1:{Box.Port}", "pools")).Status.Should().Be(0);
        (await ClientProgram.RunAsync("", "address=[::1]:1", "pools")).Errors.Should()
            .StartWith("meeseeks-client: no meeseeks-box at [::1]:1: ");
        (await ClientProgram.RunAsync("address=[::1]", "port=1", "pools")).Errors.Should()
            .StartWith("meeseeks-client: no meeseeks-box at [::1]:1: ");
        (await ClientProgram.RunAsync("", "address=a:b", "pools")).Should().BeEquivalentTo(new
        {
            Status = 2,
            Errors = "meeseeks-client: command line: address: 'b' after the colon is not a port from 1 to 65535\n"
                + "meeseeks-client: see meeseeks-client pools --help\n",
        });
    }

    [Fact]
    public async Task Options_are_read_from_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("client.cfg", $$"""{ "address": "127.0.0.1", "port": {{Box.Port}} /* here */ }""");

        (await ClientProgram.RunAsync("", $"file={file}", "pools")).Status.Should().Be(0);
        (await ClientProgram.RunAsync($"file={file}", "pools")).Status.Should().Be(0);
    }

    [Theory]
    [InlineData("stat")]
    [InlineData("wait a")]
    [InlineData("out follow=1 a")]
    [InlineData("sub wait=1 p true")]
    public async Task A_refused_connection_is_one_line_with_a_hint_and_exit_status_1(string words)
    {
        var port = FreePort.Find();

        var run = await ClientProgram.RunAsync("", ["address=localhost", $"port={port}", .. words.Split(' ')]);

        run.Should().BeEquivalentTo(new
        {
            Status = 1,
            Output = "",
            Errors = $"meeseeks-client: no meeseeks-box at localhost:{port}: connection refused; "
                + "check that it is running, and that the port is right\n",
        });
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_an_error_after_the_timeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;

        var run = await ClientProgram.RunAsync("", "address=127.0.0.1", $"port={port}", "timeout=1", "stat");

        run.Status.Should().Be(1);
        run.Errors.Should().Match(
            "meeseeks-client: 127.0.0.1:* took the request and has not answered for 1 s; check that a meeseeks-box listens there\n");
    }

    [Theory]
    [InlineData("", 2, "unknown option '--all'*", "stat", "--all")]
    [InlineData("", 2, "command line: port: 'x' is not a whole number*", "port=x", "stat")]
    [InlineData("", 2, "command line: port: 70000 is too large*", "port=70000", "stat")]
    [InlineData("", 2, "*unknown key, ignored; the nearest known key is 'address'*", "adress=n1", "stat", "bogus")]
    [InlineData("localhost", 2, "MEESEEKS_CONF: 'localhost' is not key=value*", "stat")]
    [InlineData("", 2, "/no/such: the file cannot be read*", "file=/no/such", "stat")]
    [InlineData("", 2, "unknown word 'x'; nodes accepts only options, like refresh=2*", "nodes", "x")]
    [InlineData("", 2, "unknown option '-x'*", "--help", "-x")]
    [InlineData("", 2, "unknown command 'stta'; did you mean stat?\nmeeseeks-client: see meeseeks-client --help\n", "stta")]
    public async Task Wrong_usage_is_exit_status_2(string conf, int status, string message, params string[] words)
    {
        var run = await ClientProgram.RunAsync(conf, words);

        run.Status.Should().Be(status);
        run.Output.Should().BeEmpty();
        run.Errors.Should().Match($"meeseeks-client: {message}");
    }

    [Fact]
    public async Task Without_a_command_the_usage_is_printed()
    {
        var run = await ClientProgram.RunAsync("");

        run.Status.Should().Be(2);
        run.Output.Should().StartWith("Submit, show, change, kill and wait for jobs")
            .And.ContainAll("  sub ", "  stat|show ", "  conf ", "  hist ");
        run.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_call_is_logged_without_the_words_of_the_job()
    {
        using var folder = new TemporaryFolder();

        await Box.ClientAsync($"log={folder.File("log")}", "sub", "hold=1", "retires=1", "p", "secret");
        await Box.ClientAsync($"log={folder.File("log")}", "job", "nosuch");

        File.ReadAllText(folder.File("log")).Should().MatchRegex(
            @"^\S+ \S+ WARNING sub: warning: retires: .*\n\S+ \S+ INFO sub: exit status 0 after \d+ ms\n"
            + @"\S+ \S+ WARNING job: there is no job 'nosuch'.*\n\S+ \S+ INFO job: exit status 1 after \d+ ms\n$").And.NotContain("secret");
    }

    [Theory]
    [InlineData("sub")]
    [InlineData("job")]
    [InlineData("ls")]
    [InlineData("del")]
    [InlineData("mod")]
    [InlineData("hold")]
    [InlineData("release")]
    [InlineData("wait")]
    [InlineData("out")]
    [InlineData("err")]
    [InlineData("stat")]
    [InlineData("nodes")]
    [InlineData("pools")]
    [InlineData("conf")]
    [InlineData("hist")]
    public async Task Every_command_has_help_with_an_example(string command)
    {
        var one = await ClientProgram.RunAsync("", command, "--help");
        var all = await ClientProgram.RunAsync("", "--help");

        one.Status.Should().Be(0);
        one.Output.Should().MatchRegex(@"Examples?:\n  (meeseeks-client|q\w+) ").And.Contain($"Usage: meeseeks-client {command}");
        all.Output.Should().MatchRegex($@"\n  {command}[ |]");
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("stat", "--version")]
    [InlineData("sub", "--version")]
    [InlineData("--version", "stat")]
    public async Task The_version_is_printed(params string[] words)
    {
        (await ClientProgram.RunAsync("", words)).Output.Should().MatchRegex(@"^\d+\.\d+\.\d+\n$");
    }

    [Theory]
    [InlineData("qsub", """^\{\n    "[-0-9a-f]+": \{""", "hold=1", "p", "ls", "-la", "--help")]
    [InlineData("qstat", @"^n1\tonline\t", "nodes")]
    [InlineData("qjob", @"^\{\}\n$", "tag=nosuch")]
    [InlineData("qdel", @"^\{\}\n$", "tag=nosuch")]
    [InlineData("qmod", "^$", "tag=nosuch", ":", "hold=1")]
    [InlineData("qconf", """^\{\n    "config": \{\n(.*\n)*        "name": "n1",""")]
    public async Task Under_a_q_name_the_command_is_implied(string name, string output, params string[] words)
    {
        var run = await Box.ClientNamedAsync(name, words);

        run.Status.Should().Be(0);
        run.Output.Should().MatchRegex(output);
    }
}
