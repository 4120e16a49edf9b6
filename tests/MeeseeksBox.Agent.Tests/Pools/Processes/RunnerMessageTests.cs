using System.Buffers;
using System.Text;
using CsCheck;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#lines
public sealed class RunnerMessageTests
{
    [Fact]
    public void A_line_has_a_verb_a_run_and_fields()
    {
        var message = new RunnerMessage(RunnerVerb.Start, "a.1")
            .With(RunnerField.Argument, "echo")
            .With(RunnerField.Argument, "two words\n100%")
            .With(RunnerField.Argument, "")
            .With(RunnerField.Variable, [0x41, (byte)'=', 0xff])
            .With(RunnerField.Limit, 10);

        Encoding.Latin1.GetString(Line(message)).Should().Be(
            "start a.1 arg=echo arg=two%20words%0A100%25 arg= env=A=\u00ff limit=10\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("start")]
    [InlineData("start  a.1")]
    [InlineData("start a.1 arg")]
    [InlineData("start a.1 =x")]
    [InlineData("start a.1 arg=%")]
    [InlineData("start a.1 arg=%4")]
    [InlineData("start a.1 arg=%zz")]
    public void Other_lines_are_none(string line) =>
        RunnerMessage.Parse(Encoding.UTF8.GetBytes(line)).Should().BeNull();

    [Fact]
    public void Any_bytes_come_through_in_any_pieces() =>
        Gen.Select(Gen.Byte.Array[0, 40].Array[0, 6].Array[1, 4], Gen.Int[1, 50]).Sample((lines, size) =>
        {
            var sent = lines.SelectMany(values => Line(values.Aggregate(
                new RunnerMessage(RunnerVerb.Start, "a.1"), (message, value) => message.With(RunnerField.Argument, value)))).ToArray();
            var buffer = new RunnerLineBuffer();
            var received = new List<RunnerMessage>();

            foreach (var piece in sent.Chunk(size))
            {
                piece.CopyTo(buffer.Free);
                buffer.Take(piece.Length, received.Add).Should().BeTrue();
            }

            received.Select(message => message.All(RunnerField.Argument)).Should().BeEquivalentTo(
                lines, options => options.WithStrictOrdering());
        });

    private static byte[] Line(RunnerMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        message.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
