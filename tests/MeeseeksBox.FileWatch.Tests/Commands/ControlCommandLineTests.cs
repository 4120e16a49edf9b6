using MeeseeksBox.WatchAgent.Commands;

namespace MeeseeksBox.FileWatch.Tests.Commands;

/// <summary>The words of a command line that may be meant for <c>status</c> or <c>again</c>.</summary>
public sealed class ControlCommandLineTests
{
    [Theory]
    [InlineData("client.port=1 status", "status: there is no such file, and a command comes first: meeseeks-watch status client.port=1")]
    [InlineData("w.cfg again in a", "again: there is no such file, and a command comes first: meeseeks-watch again w.cfg in a")]
    [InlineData("w.cfg client.port=1", null)]
    public void A_command_behind_other_words_is_an_error_that_says_where_it_belongs(string words, string? problem)
    {
        ControlCommandLine.ProblemOf(words.Split(' ')).Should().Be(problem);
    }
}
