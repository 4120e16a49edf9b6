using CsCheck;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Sizes as people write them.</summary>
public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("104857600", 104_857_600)]
    [InlineData("1e3", 1000)]
    [InlineData("7B", 7)]
    [InlineData("1k", 1024)]
    [InlineData("100M", 104_857_600)]
    [InlineData("100 MB", 104_857_600)]
    [InlineData("100mib", 104_857_600)]
    [InlineData("1.5G", 1_610_612_736)]
    [InlineData(" 2 TB ", 2_199_023_255_552)]
    [InlineData("-1M", -1_048_576)]
    [InlineData("0.1k", 102)]
    public void A_number_with_or_without_a_unit_is_a_size(string text, long bytes)
    {
        ByteSize.TryParse(text, out var read).Should().BeTrue();
        read.Should().Be(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("much")]
    [InlineData("1X")]
    [InlineData("1BB")]
    [InlineData("1MM")]
    [InlineData("1 M B")]
    [InlineData("1,5G")]
    [InlineData("1e400")]
    [InlineData("10000000000T")]
    [InlineData(null)]
    public void Anything_else_is_none(string? text) => ByteSize.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(104_857_600, "100 MB")]
    [InlineData(1_610_612_736, "1536 MB")]
    [InlineData(1L << 50, "1024 TB")]
    public void An_exact_size_has_the_largest_unit_that_loses_nothing(long bytes, string text) => ByteSize.Exact(bytes).Should().Be(text);

    [Fact]
    public void An_exact_size_is_read_as_itself() => Gen.Long[0, 1L << 52].Sample(bytes =>
    {
        ByteSize.TryParse(ByteSize.Exact(bytes), out var read).Should().BeTrue();
        read.Should().Be(bytes);
    });
}
