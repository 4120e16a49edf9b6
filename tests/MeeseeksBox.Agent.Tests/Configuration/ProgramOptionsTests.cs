using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>Options of the programs that do not exist.</summary>
public sealed class ProgramOptionsTests
{
    [Theory]
    [InlineData("--chekc", "unknown option --chekc; did you mean --check?")]
    [InlineData("--hlep", "unknown option --hlep; did you mean --help?")]
    [InlineData("--bogus", "unknown option --bogus.")]
    [InlineData("box.cfg", null)]
    [InlineData("-a=1", null)]
    public void A_near_option_is_suggested(string word, string? problem)
    {
        ProgramOptions.ProblemOf(["x.cfg", word]).Should().Be(problem);
    }
}
