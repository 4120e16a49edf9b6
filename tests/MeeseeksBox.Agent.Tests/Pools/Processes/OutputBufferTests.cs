using System.Text;
using CsCheck;
using MeeseeksBox.Agent.Pools.Processes;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#kept-output
public sealed class OutputBufferTests
{
    [Theory]
    [InlineData(10, "", "", false)]
    [InlineData(10, "0123456789", "0123456789", false)]
    [InlineData(10, "0123456789a", "012346789a", true)]
    [InlineData(10, "0123456789abcdefghij", "01234fghij", true)]
    [InlineData(5, "0123456789", "01789", true)]
    [InlineData(1, "0123", "3", true)]
    [InlineData(0, "", "", false)]
    [InlineData(0, "0123", "", true)]
    public void The_first_and_the_last_half_of_the_limit_are_kept(int limit, string printed, string kept, bool isTruncated)
    {
        var buffer = new OutputBuffer(limit);

        buffer.Append(Encoding.ASCII.GetBytes(printed));

        Encoding.ASCII.GetString(Convert.FromBase64String(buffer.ToBase64())).Should().Be(kept);
        (buffer.IsTruncated, buffer.IsEmpty).Should().Be((isTruncated, kept.Length == 0));
    }

    [Fact]
    public void Kept_output_does_not_depend_on_chunks_and_memory_stays_below_the_limit() =>
        Gen.Select(Gen.Int[0, 600], Gen.Byte.Array[0, 400].Array[0, 12]).Sample((limit, pieces) =>
        {
            var buffer = new OutputBuffer(limit);
            var printed = pieces.SelectMany(piece => piece).ToArray();

            foreach (var piece in pieces)
            {
                buffer.Append(piece);
                buffer.Capacity.Should().BeLessThanOrEqualTo(limit);
            }

            var kept = printed.Length <= limit ? printed : [.. printed[..(limit / 2)], .. printed[^(limit - (limit / 2))..]];
            Convert.FromBase64String(buffer.ToBase64()).Should().Equal(kept);
            buffer.IsTruncated.Should().Be(printed.Length > limit);
        });

    [Fact]
    public void Little_output_takes_little_memory()
    {
        var buffer = new OutputBuffer(1024 * 1024);

        buffer.Append("hello\n"u8);

        buffer.Capacity.Should().BeLessThanOrEqualTo(256);
    }
}
