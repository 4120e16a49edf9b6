using System.Buffers;
using System.Text;
using CsCheck;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests.Requests;

// docs/SPECIFICATION.md#request-lines
public sealed class RequestLineTests
{
    [Fact]
    public void A_line_is_a_list_of_elements_in_order()
    {
        using var line = Parse("""[{"status":{}},5,{"ls":{}}]""");

        line.Count.Should().Be(3);
        line.Elements.Select(element => element.GetRawText()).Should().Equal("""{"status":{}}""", "5", """{"ls":{}}""");
    }

    [Fact]
    public void A_bare_object_is_a_list_of_one()
    {
        using var line = Parse(""" {"nodes":{}} """);

        line.Count.Should().Be(1);
        line.Elements.Single().GetRawText().Should().Be("""{"nodes":{}}""");
    }

    [Fact]
    public void An_empty_list_has_no_elements()
    {
        using var line = Parse("[]");

        line.Count.Should().Be(0);
        line.Elements.Should().BeEmpty();
    }

    [Theory]
    [InlineData("5", "5 is not a list of requests; send one like [{\"status\":{}}]")]
    [InlineData("\"x\"", "'x' is not a list of requests; send one like [{\"status\":{}}]")]
    [InlineData("null", "null is not a list of requests; send one like [{\"status\":{}}]")]
    public void Any_other_value_is_a_problem_of_the_line(string text, string expected) => Problem(Some.Line(text)).Should().Be(expected);

    [Theory]
    [InlineData("this is not json", "not JSON: character 1: 'this' is not a value: text needs double quotes")]
    [InlineData("[nul]", "not JSON: character 2: 'nul' is not a value: text needs double quotes")]
    [InlineData("{a:1}", "not JSON: character 2: expected a key in double quotes or '}', found 'a'")]
    [InlineData("[1,]", "not JSON: character 4: expected a value, found ']'")]
    [InlineData("""["é😀",]""", "not JSON: character 7: expected a value, found ']'")]
    [InlineData("[é]", "not JSON: character 2: expected a value or ']', found 'é'")]
    [InlineData("""[{"submit":{"pool":"p1"}, "nope"]""", "not JSON: character 33: expected a colon after the key \"nope\", found ']'")]
    [InlineData("[\"a\tb\"]", "not JSON: character 4: unescaped control character in a text: write \\u0009")]
    [InlineData("""["ab\qc"]""", "not JSON: character 5: invalid escape: for a backslash itself write \\\\")]
    [InlineData(
        "[{\"ls\":{}}",
        "not JSON: character 11: expected a comma or ']', found the end of the text: the '[' at line 1, column 1 is not closed")]
    [InlineData("[\"abc", "not JSON: character 2: the text that starts here has no closing double quote on its line")]
    [InlineData("  ", "not JSON: character 3: expected a value, found the end of the text")]
    [InlineData("\ufeff[]", "not JSON: character 1: expected a value, found the character U+FEFF")]
    public void Invalid_JSON_is_reported_with_its_position(string text, string expected)
    {
        Problem(Some.Line(text)).Should().Be(expected);
        Problem(InPieces(Encoding.UTF8.GetBytes(text))).Should().Be(expected, "a line in many pieces is the same line");
    }

    [Fact]
    public void A_line_may_be_nested_64_levels_deep_and_no_deeper()
    {
        using var deep = Parse(new string('[', 64) + new string(']', 64));

        deep.Count.Should().Be(1);
        Problem(Some.Line(new string('[', 65) + new string(']', 65))).Should().Be("not JSON: character 65: nesting exceeds 64 levels");
        Problem(Some.Line(string.Concat(Enumerable.Repeat("{\"a\":", 5000))))
            .Should().Be("not JSON: character 321: nesting exceeds 64 levels");
    }

    [Theory]
    [InlineData("""[{"submit":{"id":"\ud800"}}]""")]
    [InlineData("""[{"submit":{"id":"\uDC00"}}]""")]
    [InlineData("""[{"submit":{"id":"\ud800x"}}]""")]
    [InlineData("""[{"submit":{"id":"\ud800\n"}}]""")]
    [InlineData("""[{"submit":{"id":"\ud800\u0041"}}]""")]
    [InlineData("""[{"submit":{"id":"\ud800\ud800\udc00"}}]""")]
    [InlineData("""[{"submit":{"id":"\udc00\ud800"}}]""")]
    [InlineData("""[{"submit":{"\ud800":1}}]""")]
    [InlineData("""[{"submit":{"\udcff":1}}]""")]
    [InlineData("""[{"submit":{"config":{"a":[{"b":"\\\ud83d"}]}}}]""")]
    public void Half_of_a_surrogate_pair_is_rejected_at_any_position(string text) =>
        Problem(Some.Line(text)).Should().Contain("not valid Unicode");

    [Theory]
    [InlineData("""["\ud83d\ude00"]""", "😀")]
    [InlineData("""["\uD83D\uDE00\ud83d\ude00"]""", "😀😀")]
    [InlineData("""["\\ud800"]""", "\\ud800")]
    [InlineData("""["\u00e9\n\u2028"]""", "é\n\u2028")]
    [InlineData("""["\\\ud83d\ude00\\"]""", "\\😀\\")]
    public void Complete_characters_are_accepted_in_any_form(string text, string expected)
    {
        using var line = Parse(text);

        line.Elements.Single().GetString().Should().Be(expected);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Broken_UTF8_is_rejected_in_texts_and_in_names(byte[] broken)
    {
        byte[] text = [.. "[\""u8, .. broken, .. "\"]"u8];
        byte[] name = [.. "{\""u8, .. broken, .. "\":1}"u8];

        Problem(new ReadOnlySequence<byte>(text)).Should().Contain("not valid Unicode");
        Problem(new ReadOnlySequence<byte>(name)).Should().Contain("not valid Unicode");
        Problem(InPieces(text)).Should().Contain("not valid Unicode");
    }

    [Fact]
    public void Any_bytes_are_a_line_or_a_problem() => Gen.OneOf<byte[]>(
        Gen.Byte.Array[0, 40],
        Some.AnyJson.Select(Encoding.UTF8.GetBytes),
        Gen.Select(Some.AnyJson, Gen.Int[0, 200], Gen.Byte, Damaged)).Sample(bytes =>
        {
            using var whole = RequestLine.Parse(new ReadOnlySequence<byte>(bytes), out var problem);
            using var pieces = RequestLine.Parse(InPieces(bytes), out var sameProblem);

            sameProblem.Should().Be(problem);
            (whole is null).Should().Be(problem is not null);
            (problem ?? "").Should().NotContain("LineNumber");
            whole?.Elements.Should().HaveCount(whole.Count);
        });

    [Fact]
    public void Every_text_of_an_accepted_line_can_be_read_and_written() => Gen.OneOf(
        "\\ud800", "\\udc00", "\\uDBFF", "\\udfff", "\\ud83d\\ude00", "\\\\", "\\n", "\\u0041", "u", "d800", "é", "😀")
        .Array[0, 6].Sample(parts =>
        {
            var text = $"\"{string.Concat(parts)}\"";

            using var line = RequestLine.Parse(Some.Line($"[{text}]"), out var problem);

            (problem is null).Should().Be(CanBeRead(text));
        });

    private static bool CanBeRead(string text)
    {
        try
        {
            return Some.Json(text).GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Damaged(string json, int place, byte value)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        bytes[place % bytes.Length] = value;
        return bytes;
    }

    private static RequestLine Parse(string text)
    {
        var line = RequestLine.Parse(InPieces(Encoding.UTF8.GetBytes(text)), out var problem);
        problem.Should().BeNull();
        return line!;
    }

    private static string? Problem(ReadOnlySequence<byte> bytes)
    {
        using var line = RequestLine.Parse(bytes, out var problem);
        line.Should().BeNull();
        return problem;
    }

    private static ReadOnlySequence<byte> InPieces(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, Math.Min(1, bytes.Length)), 0);
        var last = first;
        for (var start = 1; start < bytes.Length; start += 3)
            last = last.Follow(bytes.AsMemory(start, Math.Min(3, bytes.Length - start)));

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Piece Follow(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
