using System.Buffers;
using CsCheck;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Protocol.Tests.Recordings;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Protocol.Tests.Requests;

/// <summary>No input ends the process (docs/SPECIFICATION.md#client-isolation).</summary>
/// <remarks>All readers of the wire read mutated recordings.</remarks>
public sealed class RequestFuzzTests
{
    private static readonly string[] Corpus =
    [
        .. Recording.All.SelectMany(recording => recording.Lines).Select(line => line.Text).Where(text => text.Length is > 0 and < 4000),
    ];

    [Fact]
    public void Any_line_is_read_or_rejected_with_a_problem_and_never_throws() => Gen.Int.Sample(
        seed =>
        {
            var mutator = new LineMutator(Corpus, seed);
            for (var count = 0; count < 50; count++)
                Read(mutator.Next());
        },
        iter: 200,
        threads: 1);

    private static void Read(byte[] bytes)
    {
        using var line = RequestLine.Parse(new ReadOnlySequence<byte>(bytes), out var problem);
        if (line is null)
        {
            problem.Should().NotBeNullOrEmpty();
            return;
        }

        foreach (var element in line.Elements)
        {
            var request = RequestObject.Read(element, out problem);
            (request is null).Should().Be(problem is not null);
            if (element.ValueKind is System.Text.Json.JsonValueKind.Object)
            {
                _ = JobAttributes.TryRead(element, out _, out _);
                _ = NodeStatus.TryRead(element, out _, out _);
                _ = SubmitArgument.Read(element);
                _ = JobFilter.Read(element, out _);
            }
        }
    }
}
