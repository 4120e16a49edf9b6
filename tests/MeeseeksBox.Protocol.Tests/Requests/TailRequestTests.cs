using System.Buffers;
using MeeseeksBox.Protocol.Outputs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests.Requests;

// docs/SPECIFICATION.md#tail
public sealed class TailRequestTests
{
    [Theory]
    [InlineData("""{"id":"a"}""", "a", OutputStream.Stdout, 0, null)]
    [InlineData("""{"id":7,"stream":"stderr","offset":"12","run":3.0}""", "7", OutputStream.Stderr, 12, 3)]
    [InlineData("""{"id":"a","stream":null,"offset":null,"run":null,"odd":1}""", "a", OutputStream.Stdout, 0, null)]
    [InlineData("""{"id":"a","stream":"stdout","offset":-1000}""", "a", OutputStream.Stdout, -1000, null)]
    [InlineData("""{"id":"a","offset":9007199254740991}""", "a", OutputStream.Stdout, 9007199254740991, null)]
    public void An_argument_is_read_with_its_defaults(string argument, string id, OutputStream stream, long offset, int? run) =>
        Read(argument, out _).Should().Be(new TailRequest(id, stream, offset, run));

    [Theory]
    [InlineData("\"a\"", "tail: 'a' names no job; *")]
    [InlineData("{}", "tail: {} names no job; *")]
    [InlineData("""{"id":null}""", "tail: * names no job; *")]
    [InlineData("""{"id":"a","stream":"both"}""", "tail: stream: 'both' is neither stdout nor stderr")]
    [InlineData("""{"id":"a","stream":1}""", "tail: stream: 1 is neither stdout nor stderr")]
    [InlineData("""{"id":"a","offset":1.5}""", "tail: offset: 1.5 is not a number of bytes")]
    [InlineData("""{"id":"a","offset":1e300}""", "tail: offset: 1e300 is not a number of bytes")]
    [InlineData("""{"id":"a","run":"x"}""", "tail: run: 'x' is not the start_count of a job")]
    public void An_invalid_argument_is_rejected_with_its_key(string argument, string expected)
    {
        Read(argument, out var problem).Should().BeNull();

        problem.Should().Match(expected);
    }

    [Fact]
    public void A_written_request_is_read_unchanged()
    {
        var request = new TailRequest("a \"b\"", OutputStream.Stderr, -5, 2);
        var line = new ArrayBufferWriter<byte>();

        request.WriteLine(line, TimeSpan.FromSeconds(1.5));

        using var parsed = RequestLine.Parse(new ReadOnlySequence<byte>(line.WrittenMemory), out _);
        var read = RequestObject.Read(parsed!.Elements.Single(), out _)!;
        read.Requests.Single().Value.Should().Be(request);
        read.Options.Wait.Should().Be(1.5);
    }

    private static TailRequest? Read(string argument, out string? problem) =>
        (TailRequest?)RequestObject.Read(Some.Json($$"""{"tail":{{argument}} }"""), out problem)?.Requests.Single().Value;
}
