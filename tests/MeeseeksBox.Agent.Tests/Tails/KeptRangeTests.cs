using CsCheck;
using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Agent.Tests.Tails;

/// <summary>Which bytes of a longer output are kept, and where they are.</summary>
public sealed class KeptRangeTests
{
    [Theory]
    [InlineData(0, 100, 0)]
    [InlineData(7, 100, 7)]
    [InlineData(200, 100, 200)]
    [InlineData(-30, 100, 70)]
    [InlineData(-100, 100, 0)]
    [InlineData(-101, 100, 0)]
    [InlineData(-1, 0, 0)]
    public void A_negative_offset_counts_from_the_end(long offset, long total, long expected) =>
        KeptRange.Resolve(offset, total).Should().Be(expected);

    [Theory]
    [InlineData(0, 0, 5)]
    [InlineData(4, 4, 1)]
    [InlineData(5, 94, 6)]
    [InlineData(93, 94, 6)]
    [InlineData(94, 94, 6)]
    [InlineData(99, 99, 1)]
    [InlineData(100, 100, 0)]
    [InlineData(120, 120, 0)]
    public void Of_100_bytes_with_11_kept_the_first_5_and_the_last_6_remain(long offset, long start, int count)
    {
        var range = new KeptRange(Total: 100, Kept: 11);

        range.FirstFrom(offset).Should().Be(start);
        range.CountFrom(start, most: 1000).Should().Be(count);
    }

    [Fact]
    public void Nothing_is_found_of_an_output_that_is_not_kept()
    {
        var range = new KeptRange(Total: 100, Kept: 0);

        range.FirstFrom(3).Should().Be(100);
        range.CountFrom(100, 10).Should().Be(0);
    }

    [Fact]
    public void A_record_is_read_byte_for_byte_from_any_offset() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 70], Gen.Int[1, 20]).Sample((total, limit, offset, most) =>
        {
            var printed = Enumerable.Range(0, total).Select(number => (byte)number).ToArray();
            byte[] kept = total <= limit ? printed : [.. printed[..(limit / 2)], .. printed[(total - (limit - (limit / 2)))..]];
            var output = StoredOutput.Of(JobWith(Convert.ToBase64String(kept), total > limit ? total : null), OutputStream.Stderr)!;
            output.Total.Should().Be(total);

            var part = output.Read(offset, most)!;

            var expected = kept.Where(number => number >= offset).ToArray();
            part.Bytes.ToArray().Should().Equal(expected.Take(part.Bytes.Length));
            part.Bytes.Length.Should().BeLessThanOrEqualTo(most).And.BeGreaterThanOrEqualTo(Math.Min(1, expected.Length));
            if (expected is [var first, ..])
                part.Start.Should().Be(first);
            part.Bytes.ToArray().Should().Equal(Enumerable.Range((int)part.Start, part.Bytes.Length).Select(number => (byte)number));
        });

    [Theory]
    [InlineData("aGVs bG8K", "hello\n")]
    [InlineData("aGVs\nbG8K\n", "hello\n")]
    [InlineData("aGVsbA==", "hell")]
    public void Base64_of_another_program_is_read(string data, string expected) =>
        StoredOutput.Of(JobWith(data, null), OutputStream.Stderr)!.Read(0, 100)!.Bytes.ToArray()
            .Should().Equal(System.Text.Encoding.UTF8.GetBytes(expected));

    [Theory]
    [InlineData("a")]
    [InlineData("====")]
    [InlineData("!!!!")]
    public void Text_that_is_not_base64_is_no_output(string data)
    {
        var output = StoredOutput.Of(JobWith(data, null), OutputStream.Stderr);

        (output?.Read(0, 100)).Should().BeNull();
    }

    private static Job JobWith(string data, long? size) => new()
    {
        Id = "a",
        Status = new() { State = JobState.Done, StderrData = data, StderrTruncated = size is null ? null : true, StderrSize = size },
    };
}
