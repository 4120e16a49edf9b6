using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Bytes that are not UTF-8 in JSON (docs/PROTOCOL.md#bytes-that-are-not-utf-8).</summary>
public sealed class LosslessJsonTests
{
    private static readonly Gen<string> AnyText = Gen.Select(Gen.Byte.Array[0, 12], Gen.OneOf("", "é", "😀", "\"\\", "\n", "\\udcff"))
        .Select((bytes, text) => ByteText.Decode(bytes) + text);

    [Fact]
    public void Any_bytes_survive_writing_and_reading() => AnyText.Sample(text =>
    {
        var json = Written(writer => writer.WriteStringValue(text));

        LosslessJson.Of(JsonElement.Parse(json)).Should().Be(text);
        JsonTextValidation.IsValid(Encoding.UTF8.GetBytes(json)).Should().BeTrue(json);
    });

    [Fact]
    public void Any_value_with_bytes_is_copied() => AnyText.Sample(text =>
    {
        var value = LosslessJson.ElementOf(new JsonObject { ["a"] = new JsonArray(text, 1, null, new JsonObject { ["b"] = text }) });
        var copy = JsonElement.Parse(Written(writer => LosslessJson.Write(writer, value)));
        var node = LosslessJson.ElementOf(JsonNode.Parse(copy.GetRawText()));

        LosslessJson.Of(node.GetProperty("a")[3].GetProperty("b")).Should().Be(text);
        LosslessJson.AreSame(value, copy).Should().BeTrue();
        LosslessJson.AreSame(value, node).Should().BeTrue();
        LosslessJson.AreSame(value, LosslessJson.ElementOf(new JsonObject { ["a"] = text })).Should().BeFalse();
    });

    [Theory]
    [InlineData("""{"a":"\udcff","b":1}""", """{"b":1.0,"a":"\uDCFF"}""", true)]
    [InlineData("""{"a":"\udcff"}""", """{"a":"\udcfe"}""", false)]
    [InlineData("""{"a":"\udcff"}""", """{"a":"\udcff","b":1}""", false)]
    [InlineData("""["\udcff",1]""", """["\udcff",2]""", false)]
    [InlineData("""["\udcff"]""", """["\udcff","\udcff"]""", false)]
    [InlineData("\"\\udcff\"", "\"\ufffd\"", false)]
    public void Equal_values_are_the_same(string one, string other, bool areSame) =>
        LosslessJson.AreSame(JsonElement.Parse(one), JsonElement.Parse(other)).Should().Be(areSame);

    [Theory]
    [InlineData(new byte[] { 0xFF }, "\"\\udcff\"")]
    [InlineData(new byte[] { 0x61, 0x80, 0xC3, 0xA9 }, "\"a\\udc80é\"")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x93, 0x81, 0x81 }, "\"\\ud83d\\udcc1\\udc81\"")]
    public void A_byte_is_written_as_by_the_original(byte[] bytes, string json) =>
        Written(writer => writer.WriteStringValue(ByteText.Decode(bytes))).ToLowerInvariant().Should().Be(json);

    [Theory]
    [InlineData("""{"a":["\udc80\udcff"]}""", true)]
    [InlineData("""{"a":"\udc7f"}""", false)]
    [InlineData("""{"a":"\udd00"}""", false)]
    [InlineData("""{"a":"\ud800\ud800\udcff"}""", false)]
    [InlineData("""{"\udcff":1}""", false)]
    [InlineData("""{"a":[{"b\udcff":"\udcff"}]}""", false)]
    [InlineData("""{"\ud83d\udcc1":"\udcff"}""", true)]
    public void Values_may_hold_bytes_and_keys_may_not(string json, bool isValid) =>
        JsonTextValidation.IsValid(JsonElement.Parse(json)).Should().Be(isValid);

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonFormat.Compact))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
