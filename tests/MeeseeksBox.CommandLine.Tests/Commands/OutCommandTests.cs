using MeeseeksBox.CommandLine.Commands;

namespace MeeseeksBox.CommandLine.Tests.Commands;

/// <summary>The words of <c>out</c> and <c>err</c>.</summary>
public sealed class OutCommandTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("id==a=b", "a=b")]
    public void One_id_is_a_job(string word, string id)
    {
        OutCommand.IdOf([word]).Should().Be(id);
    }

    [Theory]
    [InlineData("", "no job selected; give exactly one id")]
    [InlineData("o1 folow=1", "unknown option 'folow'; did you mean follow?")]
    [InlineData("o1 tiemout=1", "unknown option 'tiemout'; did you mean timeout?")]
    [InlineData("xyzzy=1", "unknown option 'xyzzy'")]
    [InlineData("pool=p1", "'pool=p1' selects jobs by a condition; give exactly one id")]
    [InlineData("o1 tag=x", "'tag=x' selects jobs by a condition; give exactly one id")]
    [InlineData("a b", "two ids given, 'a' and 'b'; give exactly one")]
    [InlineData("a b c", "3 ids given, 'a' and others; give exactly one")]
    public void Any_other_call_is_wrong_for_a_reason(string words, string problem)
    {
        var read = () => OutCommand.IdOf(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        read.Should().Throw<UsageException>().WithMessage(problem);
    }
}
