using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Faults;

/// <summary>Standard streams that cannot be written, and terminals, for all three programs.</summary>
public sealed class StandardStreamTests(SharedBox shared) : SharedBoxTests(shared)
{
    private const string OneWatch = "'watch.w={\"path\":\"/\",\"glob\":\"etc*\",\"jobs\":[{\"pool\":\"p\",\"args\":[\"true\"]}]}'";

    public static TheoryData<string, string> Prints { get; } = new()
    {
        { "meeseeks-client", "--help" },
        { "meeseeks-client", "--version" },
        { "meeseeks-client", "complete meeseeks-client ''" },
        { "meeseeks-client", "stat" },
        { "meeseeks-client", "sub p true" },
        { "meeseeks-client", "sub wait=1 p echo hello" },
        { "meeseeks-client", "nodes" },
        { "meeseeks-client", "ls" },
        { "meeseeks-client", "conf" },
        { "meeseeks-watch", "--help" },
        { "meeseeks-watch", "--version" },
        { "meeseeks-watch", $"--check {OneWatch}" },
        { "meeseeks-watch", $"dry_run=1 {OneWatch}" },
        { "meeseeks-box", "--help" },
        { "meeseeks-box", "--version" },
        { "meeseeks-box", "--check user=$(id -un) listen.allow.*=admin pools.p.slots=1" },
    };

    [Theory]
    [MemberData(nameof(Prints))]
    public async Task A_full_or_closed_output_is_one_line_and_exit_status_1(string program, string words)
    {
        (await Box.ShellAsync($"$0 {words} >/dev/full", program)).Should().BeEquivalentTo(
            new { Status = 1, Output = "", Errors = $"{program}: cannot write standard output: No space left on device\n" });
        (await Box.ShellAsync($"$0 {words} >&-", program)).Should().BeEquivalentTo(
            new { Status = 1, Output = "", Errors = $"{program}: cannot write standard output: it is closed\n" });
        (await Box.ShellAsync($"$0 {words} <&- >&- 2>&-", program)).Status.Should().Be(1);
    }

    [Theory]
    [InlineData("meeseeks-client", "job nosuch", 1)]
    [InlineData("meeseeks-client", "nosuch", 2)]
    [InlineData("meeseeks-client", "sub colour=red p true", 1)]
    [InlineData("meeseeks-client", "stat --nosuch", 2)]
    [InlineData("meeseeks-watch", "--nosuch", 2)]
    [InlineData("meeseeks-watch", $"--check nosuch=1 {OneWatch}", 1)]
    [InlineData("meeseeks-box", "--check pools.p.slots=x", 2)]
    [InlineData("meeseeks-box", "--check nosuch=1", 1)]
    public async Task Messages_that_cannot_be_written_do_not_abort_the_program(string program, string words, int status)
    {
        (await Box.ShellAsync($"$0 {words} 2>/dev/full", program)).Status.Should().Be(status);
        (await Box.ShellAsync($"$0 {words} 2>&-", program)).Status.Should().Be(status);
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_is_no_failure()
    {
        (await Box.ShellAsync("{ $0 --help; echo $? >&2; } | true", "meeseeks-client")).Errors.Should().Be("0\n");
    }

    [Fact]
    public async Task A_directory_as_input_is_an_error_in_plain_words()
    {
        var run = await Box.ShellAsync("$0 sub file=- pool=p </", "meeseeks-client");

        run.Should().BeEquivalentTo(
            new { Status = 1, Errors = "meeseeks-client: standard input: it cannot be read: Is a directory\n" });
    }

    [Theory]
    [MemberData(nameof(Prints))]
    public async Task A_program_that_prints_sends_no_sequences_and_leaves_the_terminal_as_it_is(string program, string words)
    {
        var lines = (await OnTerminalAsync($"stty -g; {ProgramsUnderTest.PathOf(program)} {words}; stty -g")).Split("\r\n");

        lines.Should().NotContain(line => line.Contains('\e'));
        lines[^2].Should().Be(lines[0]);
    }

    [Fact]
    public async Task A_box_sends_its_terminal_nothing_but_its_log()
    {
        using var folder = new TemporaryFolder();
        var log = folder.File("log");

        var sent = await OnTerminalAsync($"""
            {ProgramsUnderTest.PathOf("meeseeks-box")} listen.address=127.0.0.1 listen.port=0 logging.filename={log} &
            until grep -qs listening {log}; do sleep 0.05; done
            kill $!
            wait
            """);

        sent.Should().BeEmpty();
    }

    private async Task<string> OnTerminalAsync(string script)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("script", script);
        return (await Box.ShellAsync($"TERM=xterm NO_COLOR=1 script -qec 'bash {file}' /dev/null")).Output;
    }
}
