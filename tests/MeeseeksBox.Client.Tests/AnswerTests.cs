using System.Text;

namespace MeeseeksBox.Client.Tests;

/// <summary>Reading of answers.</summary>
public sealed class AnswerTests
{
    [Fact]
    public void What_stands_beside_the_values_is_found()
    {
        var response = Read("""[{"get":{"a":{"id":"a","x":[1]}},"seq":12,"warnings":["w"],"error":"e","code":"refused"}]""");

        response.Seq.Should().Be(12);
        response.Warnings.Should().Equal("w");
        response.Error.Should().Be("e");
        response.Code.Should().Be("refused");
        response.Jobs("get").Should().ContainSingle(pair => pair.Key == "a" && pair.Value!.Id == "a");
    }

    [Fact]
    public void A_job_that_is_false_or_null_is_null()
    {
        var response = Read("""[{"query":false,"job":null,"kill":{"a":false,"b":{"id":"b"}}}]""");

        response.Job("query").Should().BeNull();
        response.Job("job").Should().BeNull();
        response.Jobs("kill").Select(pair => pair.Value?.Id).Should().Equal(null, "b");
    }

    [Fact]
    public void An_error_in_place_of_the_value_is_thrown_with_its_words()
    {
        var response = Read("""[{"error":"no good","code":"bad_request"}]""");

        var read = () => response["get"];

        read.Should().Throw<MeeseeksRequestException>().WithMessage("no good").Which.Code.Should().Be("bad_request");
    }

    [Fact]
    public void A_request_that_an_old_peer_does_not_know_is_told()
    {
        var response = Read("[{}]");

        var read = () => response["get"];

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

    private static Response Read(string line) => Response.Read(Encoding.UTF8.GetBytes(line));
}
