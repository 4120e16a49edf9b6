using System.Text;
using CsCheck;
using MeeseeksBox.Agent.Tails;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/SPECIFICATION.md#kept-output
public sealed class OutputSpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(10, "", "")]
    [InlineData(10, "0123456789", "0123456789")]
    [InlineData(10, "0123456789a", "012346789a")]
    [InlineData(10, "0123456789abcdefghij", "01234fghij")]
    [InlineData(5, "0123456789", "01789")]
    [InlineData(1, "0123", "3")]
    [InlineData(0, "", "")]
    [InlineData(0, "0123", "")]
    public void The_first_and_the_last_half_of_the_limit_are_kept(int limit, string printed, string kept)
    {
        Encoding.ASCII.GetString(Kept(limit, Encoding.ASCII.GetBytes(printed))).Should().Be(kept);
    }

    [Fact]
    public void Kept_output_does_not_depend_on_chunks_and_the_file_stays_below_the_limit() =>
        Gen.Select(Gen.Int[0, 600], Gen.Byte.Array[0, 400].Array[0, 12]).Sample(
            (limit, pieces) =>
            {
                var printed = pieces.SelectMany(piece => piece).ToArray();

                var kept = Kept(limit, pieces);

                kept.Should().Equal(
                    printed.Length <= limit ? printed : [.. printed[..(limit / 2)], .. printed[^(limit - (limit / 2))..]]);
            },
            iter: 300);

    // docs/RUNNER.md#spool
    [Fact]
    public void Parts_are_those_of_the_whole() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[2, 60], Gen.Int[0, 59], Gen.Int[1, 60]).Sample(
            (printed, limit, index, most) =>
            {
                var path = _folder.File(Guid.NewGuid().ToString("N"));
                var spool = new OutputSpool(path, limit, new SpoolFolder(_folder.Path));
                _ = spool.TryAppend(printed);
                var kept = new KeptRange(spool.Total, Math.Min(spool.Total, limit));
                var start = kept.FirstFrom(index);
                var count = kept.CountFrom(start, most);
                if (count is 0)
                    return;

                var part = OutputSpool.Read(path, spool.Total, limit, start, count);

                part.Should().Equal(printed[(int)start..((int)start + count)]);
            },
            iter: 500);

    [Fact]
    public void A_file_that_cannot_be_written_is_named()
    {
        var path = Path.Combine(_folder.Write("file", ""), "out");
        var spool = new OutputSpool(path, 10, new SpoolFolder(_folder.Path));

        spool.TryAppend("lost"u8).Should().BeTrue();
        spool.TryAppend("too"u8).Should().BeTrue();

        spool.Problem.Should().Contain(_folder.File("file"));
        (spool.Total, spool.Lost).Should().Be((0, 7));
    }

    [Fact]
    public void A_file_that_was_removed_is_not_made_again_without_its_first_part()
    {
        var path = _folder.File("out");
        var spool = new OutputSpool(path, 10, new SpoolFolder(_folder.Path));
        _ = spool.TryAppend("first"u8);
        File.Delete(path);

        _ = spool.TryAppend("next"u8);

        spool.Problem.Should().Contain(path);
        spool.Total.Should().Be(5);
        File.Exists(path).Should().BeFalse();
    }

    private byte[] Kept(int limit, params byte[][] pieces)
    {
        var path = _folder.File(Guid.NewGuid().ToString("N"));
        var spool = new OutputSpool(path, limit, new SpoolFolder(_folder.Path));
        foreach (var piece in pieces)
            spool.TryAppend(piece).Should().BeTrue();

        spool.Total.Should().Be(pieces.Sum(piece => piece.Length));
        if (File.Exists(path))
            new FileInfo(path).Length.Should().BeLessThanOrEqualTo(limit);
        return OutputSpool.Read(path, spool.Total, limit);
    }
}
