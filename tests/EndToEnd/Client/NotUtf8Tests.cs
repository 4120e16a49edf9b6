using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>Arguments and variables that are not UTF-8, apart from the words of a job (<see cref="Jobs.ByteNameTests"/>).</summary>
public sealed class NotUtf8Tests(SharedBox shared) : SharedBoxTests(shared)
{
    private const string Advice = "; write it in UTF-8, or have a shell find such a file by a pattern\n";

    [Theory]
    [InlineData("meeseeks-client", "sub wait=1 $'tag=a\\xffb' p echo", @"argument 3 is not UTF-8: tag=a\xffb")]
    [InlineData("meeseeks-client", "job $'x\\xff'", @"argument 2 is not UTF-8: x\xff")]
    [InlineData("meeseeks-client", "$'file=\\xc3' ls", @"argument 1 is not UTF-8: file=\xc3")]
    [InlineData("meeseeks-client", "$'\\xed\\xa0\\x80'", @"argument 1 is not UTF-8: \xed\xa0\x80")]
    [InlineData("meeseeks-client", "hist file=/dev/null $'é\\xe9'", @"argument 3 is not UTF-8: é\xe9")]
    [InlineData("meeseeks-watch", "--check $'caf\\xe9.cfg'", @"argument 2 is not UTF-8: caf\xe9.cfg")]
    [InlineData("meeseeks-box", "--check $'name=caf\\xe9'", @"argument 2 is not UTF-8: name=caf\xe9")]
    public async Task An_argument_that_is_not_utf8_is_wrong_usage(string program, string words, string error)
    {
        var run = await Box.ShellAsync($"\"$0\" {words}", program);

        run.Status.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Errors.Should().StartWith($"{program}: {error}{Advice}");
    }

    [Fact]
    public async Task A_job_whose_id_has_the_replacement_character_is_not_found_by_wrong_bytes()
    {
        var id = $"{Some.Id()}\ufffd";
        await Box.SubmitAsync(new { id, pool = "p", args = Some.True, hold = 1 });

        var wrong = await Box.ShellAsync($"\"$0\" job {id[..^1]}$'\\xff'", "meeseeks-client");

        wrong.Should().BeEquivalentTo(new { Status = 2, Output = "" });
        (await Box.ClientAsync("job", id)).Json.GetProperty(id).GetProperty("state").GetString().Should().Be("new");
    }

    [Fact]
    public async Task The_variable_of_the_client_must_be_utf8()
    {
        var run = await Box.ShellAsync("MEESEEKS_CONF=$'log=/tmp/\\xe9' \"$0\" ls", "meeseeks-client");

        run.Status.Should().Be(2);
        run.Errors.Should().StartWith($@"meeseeks-client: MEESEEKS_CONF is not UTF-8: log=/tmp/\xe9{Advice}");
    }
}
