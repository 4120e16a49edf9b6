using System.Text.Json;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests.Requests;

/// <summary>The options of a request object (docs/PROTOCOL.md#pieces).</summary>
public sealed class RequestOptionsTests
{
    [Theory]
    [InlineData("""{"get":{}}""", null)]
    [InlineData("""{"get":{},"options":{"limit":null}}""", null)]
    [InlineData("""{"get":{},"options":{"limit":1}}""", 1L)]
    [InlineData("""{"get":{},"options":{"limit":"262144"}}""", 262144L)]
    [InlineData("""{"get":{},"options":{"limit":1e300}}""", 1L << 62)]
    public void A_limit_is_a_number_of_bytes(string element, long? limit)
    {
        var options = Read(element, out var problem);

        problem.Should().BeNull();
        options!.Limit.Should().Be(limit);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("\"much\"")]
    [InlineData("[1]")]
    public void Any_other_limit_is_an_error(string limit)
    {
        Read($$$"""{"get":{},"options":{"limit":{{{limit}}}}}""", out var problem).Should().BeNull();

        problem.Should().StartWith("options.limit: ").And.EndWith(" is not a number of bytes");
    }

    [Theory]
    [InlineData("""{"sync":{},"options":{"cycle":["a","b","a"]}}""", "a b a")]
    [InlineData("""{"sync":{},"options":{"cycle":{"a":1}}}""", null)]
    [InlineData("""{"sync":{}}""", null)]
    public void A_cycle_is_a_list_of_names(string element, string? names)
    {
        var cycle = Read(element, out _)!.Cycle;

        (cycle is null ? null : string.Join(' ', cycle)).Should().Be(names);
    }

    [Theory]
    [InlineData("""{"get":{},"wait":5,"options":7}""")]
    [InlineData("""{"get":{},"wait":5}""")]
    public void A_wait_needs_no_options(string element) => Read(element, out _)!.Wait.Should().Be(5);

    private static RequestOptions? Read(string element, out string? problem) =>
        RequestOptions.Read(JsonElement.Parse(element), out problem);
}
