using System.Buffers;
using System.Text;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests.Jobs;

// docs/PROTOCOL.md#wanted-attributes
public sealed class WantedAttributesTests
{
    private const string Job = """{"id":"a","pool":"p","args":["x"],"state":"done","start_count":1,"rc":0,"gid":null,"own":[1]}""";

    [Theory]
    [InlineData("[]", """{"id":"a"}""")]
    [InlineData("""["own","rc","state","nosuch"]""", """{"id":"a","state":"done","rc":0,"own":[1]}""")]
    [InlineData("\"gid\"", """{"id":"a","gid":null}""")]
    public void An_answer_has_the_wanted_attributes_and_the_id(string names, string expected) =>
        Written(Read($$"""{"get":{},"options":{"attributes":{{names}} } }""", out _)!.Attributes).Should().Be(expected);

    [Theory]
    [InlineData("""{"get":{}}""")]
    [InlineData("""{"get":{},"options":{"attributes":null}}""")]
    public void Without_a_list_it_has_all(string request)
    {
        Read(request, out _)!.Attributes.Should().BeNull();

        Written(null).Should().Contain("\"pool\":\"p\"");
    }

    [Fact]
    public void Anything_else_is_an_error()
    {
        Read("""{"get":{},"options":{"attributes":[["x"]]}}""", out var problem).Should().BeNull();

        problem.Should().StartWith("options.attributes: ");
    }

    // Its file may be large, or on a disk that hangs.
    [Fact]
    public void An_output_that_is_not_wanted_is_not_read()
    {
        var job = Parsed() is var read ? read with { Status = read.Status with { Stdout = new Unreadable() } } : null!;

        Written(new WantedAttributes(["state"]), job).Should().Be("""{"id":"a","state":"done"}""");
    }

    private static RequestOptions? Read(string element, out string? problem) =>
        RequestOptions.Read(JsonElement.Parse(element), out problem);

    private static Job Parsed() => JobAttributes.TryRead(JsonElement.Parse(Job), out var job, out var problem)
        ? job
        : throw new InvalidOperationException(problem);

    private static string Written(WantedAttributes? wanted, Job? job = null)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
            JobAttributes.Write(writer, job ?? Parsed(), wanted: wanted);

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private sealed class Unreadable : OutputData
    {
        public override string Text => throw new InvalidOperationException("read");

        public override long Length => 5;
    }
}
