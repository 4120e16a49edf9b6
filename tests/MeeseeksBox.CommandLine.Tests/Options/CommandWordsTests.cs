using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Tests.Options;

/// <summary>Splitting the words of a command line.</summary>
public sealed class CommandWordsTests
{
    [Theory]
    [InlineData("p1 ls -la", "p1", "ls -la")]
    [InlineData("id=1 p1@n1 ls --help", "id=1 p1@n1", "ls --help")]
    [InlineData("pool=p1 ls a=b", "pool=p1", "ls a=b")]
    [InlineData("pool=p1 id=x", "pool=p1 id=x", "")]
    [InlineData("--help", "", "")]
    [InlineData("id=1 --help p1 ls", "id=1 p1", "ls")]
    [InlineData("p1 gcc --help=common -h:1 @x", "p1", "gcc --help=common -h:1 @x")]
    [InlineData("pool=p1 -- ls", "pool=p1", "-- ls")]
    [InlineData("p1 --help", "p1", "--help")]
    [InlineData("p1 -- x", "p1", "-- x")]
    [InlineData("p1 address=x", "p1", "address=x")]
    [InlineData("", "", "")]
    public void The_words_after_the_pool_belong_to_the_job(string words, string own, string job)
    {
        var parted = CommandWords.Split(Split(words), "sub");

        string.Join(' ', parted.Own).Should().Be(own);
        string.Join(' ', parted.Job).Should().Be(job);
        parted.Client.Should().BeEmpty();
    }

    [Theory]
    [InlineData("job a --help b", "--help", "a b")]
    [InlineData("job -- -a --help", "", "-a --help")]
    [InlineData("job a -- -- -b", "", "a -- -b")]
    [InlineData("job --nosuch - -x=1 a", "--nosuch", "- -x=1 a")]
    [InlineData("--version", "--version", "")]
    [InlineData("-h port=2 --all stat a", "-h --all", "a")]
    [InlineData("sub -q p1 ls", "-q", "")]
    [InlineData("job /? address", "", "/? address")]
    public void Words_with_a_dash_are_options_until_two_dashes(string words, string options, string own)
    {
        var parted = CommandWords.Split(Split(words), implied: null);

        string.Join(' ', parted.Options).Should().Be(options);
        string.Join(' ', parted.Own).Should().Be(own);
    }

    [Theory]
    [InlineData("-h", true, false, null)]
    [InlineData("-?", true, false, null)]
    [InlineData("stat --version", false, true, null)]
    [InlineData("stat --help -v --bad", true, false, "-v")]
    [InlineData("stat", false, false, null)]
    public void Help_and_version_are_the_only_options(string words, bool help, bool version, string? unknown)
    {
        var parted = CommandWords.Split(Split(words), implied: null);

        (parted.AsksForHelp, parted.AsksForVersion, parted.UnknownOption).Should().Be((help, version, unknown));
    }

    [Theory]
    [InlineData("address=n1 port=2 stat pool=p1", "stat", "address=n1 port=2", "pool=p1")]
    [InlineData("file=x sub file=y p1 port=3", "sub", "file=x", "file=y p1")]
    [InlineData("stat refresh=2 ssl.verify=0 tag=x", "stat", "refresh=2 ssl.verify=0", "tag=x")]
    [InlineData("address=n1", null, "address=n1", "")]
    [InlineData("bogus=1 stat", "stat", "bogus=1", "")]
    [InlineData("submit p1 port=3", "sub", "", "p1")]
    [InlineData("status tag=x", "stat", "", "tag=x")]
    [InlineData("config n1", "conf", "", "n1")]
    public void Client_options_go_before_or_after_the_command(string words, string? command, string client, string own)
    {
        var parted = CommandWords.Split(Split(words), implied: null);

        parted.Command.Should().Be(command);
        string.Join(' ', parted.Client).Should().Be(client);
        string.Join(' ', parted.Own).Should().Be(own);
    }

    [Theory]
    [InlineData("/usr/bin/qsub", "sub")]
    [InlineData("qstat", "stat")]
    [InlineData("./qjob", "job")]
    [InlineData("qdel", "del")]
    [InlineData("qmod", "mod")]
    [InlineData("qconf", "conf")]
    [InlineData("qls", "ls")]
    [InlineData("qkill", "kill")]
    [InlineData("qshow", "show")]
    [InlineData("meeseeks-client", null)]
    public void The_name_of_the_program_implies_a_command(string path, string? command)
    {
        InvokedName.Command(InvokedName.Of(path)).Should().Be(command);
    }

    [Theory]
    [InlineData("stta", "; did you mean stat?")]
    [InlineData("sbu", "; did you mean sub?")]
    [InlineData("dle", "; did you mean del?")]
    [InlineData("usb", "; did you mean sub?")]
    [InlineData("out1", "; did you mean out?")]
    [InlineData("retires", "; did you mean retries?")]
    [InlineData("RETRIES", "; did you mean retries?")]
    [InlineData("SUBB", "; did you mean sub?")]
    [InlineData("xyzzy", "")]
    public void A_mistyped_word_gets_a_suggestion_if_a_known_word_is_near(string word, string suggestion)
    {
        DidYouMean.Of(word, ["stat", "set", "sub", "del", "out", "retries", "resubmit"]).Should().Be(suggestion);
    }

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
