using System.Text;

namespace MeeseeksBox.Client.Tests;

/// <summary>Reading of answers.</summary>
public sealed class AnswerTests
{
    [Fact]
    public void What_stands_beside_the_values_is_found()
    {
        var answer = Read("""[{"get":{"a":{"id":"a","x":[1]}},"seq":12,"warnings":["w"],"error":"e","code":"refused"}]""");

        answer.Seq.Should().Be(12);
        answer.Warnings.Should().Equal("w");
        answer.Error.Should().Be("e");
        answer.Code.Should().Be("refused");
        answer.Jobs("get").Should().ContainSingle(pair => pair.Key == "a" && pair.Value!.Id == "a");
    }

    [Fact]
    public void A_job_that_is_false_or_null_is_null()
    {
        var answer = Read("""[{"query":false,"job":null,"kill":{"a":false,"b":{"id":"b"}}}]""");

        answer.Job("query").Should().BeNull();
        answer.Job("job").Should().BeNull();
        answer.Jobs("kill").Select(pair => pair.Value?.Id).Should().Equal(null, "b");
    }

    [Fact]
    public void An_error_in_place_of_the_value_is_thrown_with_its_words()
    {
        var answer = Read("""[{"error":"no good","code":"bad_request"}]""");

        var read = () => answer["get"];

        read.Should().Throw<MeeseeksRequestException>().WithMessage("no good").Which.Code.Should().Be("bad_request");
    }

    [Fact]
    public void A_request_that_an_old_peer_does_not_know_is_told()
    {
        var answer = Read("[{}]");

        var read = () => answer["get"];

        read.Should().Throw<MeeseeksRequestException>().WithMessage("*has no 'get'*");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("[{")]
    [InlineData("[{\"a\":}]")]
    public void What_is_no_answer_is_refused(string line)
    {
        var read = () => Read(line);

        read.Should().Throw<MeeseeksRequestException>();
    }

    private static Answer Read(string line) => Answer.Read(Encoding.UTF8.GetBytes(line));
}
