using System.Text;
using CsCheck;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Bytes that are not UTF-8 survive as text.</summary>
public sealed class ByteTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("63 61 66 E9")]
    [InlineData("FF FE 80")]
    [InlineData("C3 A9 C3")]
    [InlineData("F0 9F 98 80 F0 9F 98")]
    [InlineData("ED A0 80")]
    public void Any_bytes_survive(string hexadecimal)
    {
        var bytes = Convert.FromHexString(hexadecimal.Replace(" ", ""));

        ByteText.Encode(ByteText.Decode(bytes)).Should().Equal(bytes);
    }

    [Fact]
    public void Any_name_survives() => Gen.Byte.Array[0, 255].Sample(bytes => ByteText.Encode(ByteText.Decode(bytes)).SequenceEqual(bytes));

    [Theory]
    [InlineData("61 FF 2E 64", @"a\xff.d")]
    [InlineData("C3 A9 C3 0A 80", @"é\xc3\n\x80")]
    [InlineData("F0 9F 93 81 81", "\U0001F4C1\\x81")]
    public void Bytes_that_are_not_UTF8_are_shown_by_their_value(string hexadecimal, string shown) =>
        ByteText.Show(Convert.FromHexString(hexadecimal.Replace(" ", ""))).Should().Be(shown);

    [Fact]
    public void Valid_text_is_itself()
    {
        const string Text = "caf\u00e9 \U0001F600";

        ByteText.Decode(Encoding.UTF8.GetBytes(Text)).Should().Be(Text);
        ByteText.Encode(Text).Should().Equal(Encoding.UTF8.GetBytes(Text));
    }
}
