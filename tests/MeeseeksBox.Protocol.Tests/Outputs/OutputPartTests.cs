using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using MeeseeksBox.Protocol.Outputs;

namespace MeeseeksBox.Protocol.Tests.Outputs;

// docs/SPECIFICATION.md#tail
public sealed class OutputPartTests
{
    [Fact]
    public void A_part_has_only_the_keys_that_apply()
    {
        var part = new OutputPart { Data = Encoding.UTF8.GetBytes("hello\n"), Offset = 6, Run = 1 };

        Written(part).Should().Be("""{"data":"aGVsbG8K","offset":6,"ended":false,"run":1}""");
        Written(part with { Missing = 3, HasEnded = true, IsLate = true })
            .Should().Be("""{"data":"aGVsbG8K","offset":6,"ended":true,"run":1,"missing":3,"late":true}""");
    }

    [Fact]
    public void A_written_part_is_read_unchanged() => Gen.Select(Gen.Byte.Array[0, 100], Gen.Long[0, 1L << 50], Gen.Bool, Gen.Bool)
        .Sample((data, number, isLate, hasEnded) =>
        {
            var part = new OutputPart
            {
                Data = data,
                Offset = number + data.Length,
                Missing = number / 2,
                HasEnded = hasEnded,
                IsLate = isLate,
                Run = (int)(number % 99),
            };

            OutputPart.TryRead(Some.Json(Written(part)), out var read, out _).Should().BeTrue();

            (read! with { Data = part.Data }).Should().Be(part);
            read.Data.ToArray().Should().Equal(data);
        });

    [Theory]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("""{"data":"aGVsbG8K"}""")]
    [InlineData("""{"data":"aGVsbG8K","offset":5}""")]
    [InlineData("""{"data":"aGVsbG8K","offset":"6"}""")]
    [InlineData("""{"data":"aGVsbG8K","offset":6.5}""")]
    [InlineData("""{"data":"aGVsbG8","offset":9}""")]
    [InlineData("""{"data":null,"offset":0}""")]
    public void Another_value_is_rejected(string value)
    {
        OutputPart.TryRead(Some.Json(value), out _, out var problem).Should().BeFalse();

        problem.Should().NotBeEmpty();
    }

    [Fact]
    public void A_part_over_the_limit_is_rejected()
    {
        var part = new OutputPart { Data = new byte[OutputPart.MostBytes + 1], Offset = 1L << 20 };

        OutputPart.TryRead(Some.Json(Written(part)), out _, out _).Should().BeFalse();
    }

    [Fact]
    public void Any_value_is_read_or_rejected_with_a_problem() => Some.AnyJson.Sample(json =>
        OutputPart.TryRead(Some.Json(json), out var part, out var problem).Should().Be(part is not null && problem is null));

    private static string Written(OutputPart part)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            part.WriteTo(json);

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
