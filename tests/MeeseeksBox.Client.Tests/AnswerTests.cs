using System.Text;

namespace MeeseeksBox.Client.Tests;

/// <summary>Parsing of answers.</summary>
public sealed class AnswerTests
{
    [Fact]
    public void Seq_warnings_error_and_code_are_read_beside_the_values()
    {
        var response = Read("""[{"get":{"a":{"id":"a","x":[1]}},"seq":12,"warnings":["w"],"error":"e","code":"refused"}]""");

        response.Seq.Should().Be(12);
        response.Warnings.Should().Equal("w");
        response.Error.Should().Be("e");
        response.Code.Should().Be("refused");
        response.Jobs("get").Should().ContainSingle(pair => pair.Key == "a" && pair.Value!.Id == "a");
    }

    [Theory]
    [InlineData("""[{"error":"\ud800"}]""", "the answer cannot be read: a text is not valid Unicode*")]
    [InlineData("""[{"\udc00":1}]""", "the answer cannot be read: a text is not valid Unicode*")]
    [InlineData("""[{"nodes":{"a":null}}]""", "nodes: the answer cannot be read: a: null is not the status of a node")]
    [InlineData("""[{"nodes":5}]""", "nodes: the answer is not an object but 5")]
    [InlineData("""[{"nodes":null}]""", "nodes: the answer is not an object but null")]
    [InlineData("""[{"nodes":"\u001b[31m"}]""", "nodes: the answer is not an object but *u001b*")]
    public void An_answer_that_no_box_sends_is_explained(string line, string problem)
    {
        var read = () => Read(line).Nodes();

        read.Should().Throw<MeeseeksRequestException>().WithMessage(problem);
    }

    [Theory]
    [InlineData("""[{"pools":{"p":null}}]""")]
    [InlineData("""[{"pools":{"p":{"n":"x"}}}]""")]
    [InlineData("""[{"pools":[]}]""")]
    public void Pools_that_no_box_sends_are_explained(string line)
    {
        var read = () => Read(line).Pools();

        read.Should().Throw<MeeseeksRequestException>().WithMessage("pools: the answer *");
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
    public void An_error_in_place_of_the_value_is_thrown_with_its_text_and_code()
    {
        var response = Read("""[{"error":"no good","code":"bad_request"}]""");

        var read = () => response["get"];

        read.Should().Throw<MeeseeksRequestException>().WithMessage("no good").Which.Code.Should().Be("bad_request");
    }

    [Fact]
    public void A_missing_key_is_named_in_the_error()
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
    public void An_invalid_answer_is_rejected(string line)
    {
        var read = () => Read(line);

        read.Should().Throw<MeeseeksRequestException>();
    }

    private static Response Read(string line) => Response.Read(Encoding.UTF8.GetBytes(line));
}
