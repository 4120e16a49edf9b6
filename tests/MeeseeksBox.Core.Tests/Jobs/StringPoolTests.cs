using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Tests.Jobs;

public sealed class StringPoolTests
{
    [Theory]
    [InlineData("pool")]
    [InlineData("node")]
    [InlineData("submit_node")]
    [InlineData("error")]
    [InlineData("args")]
    [InlineData("tags")]
    public void Equal_strings_of_two_jobs_are_shared(string key)
    {
        // Only one text: several may share a slot, and hashes differ between runs.
        var texts = new StringPool();
        string Shared()
        {
            var job = texts.Of(new Job
            {
                Id = "a",
                Pool = NewString("x"),
                Node = NewString("x"),
                SubmitNode = NewString("x"),
                Error = NewString("x"),
                Args = [NewString("x")],
                Tags = [NewString("x")],
            });
            return key switch
            {
                "pool" => job.Pool,
                "node" => job.Node!,
                "submit_node" => job.SubmitNode!,
                "error" => job.Error!,
                "args" => job.Args[0],
                _ => job.Tags[0],
            };
        }

        var first = Shared();

        Shared().Should().BeSameAs(first).And.Be("x");
    }

    [Fact]
    public void A_job_says_the_same_with_shared_texts()
    {
        var texts = new StringPool();
        _ = texts.Of(Sample("a"));

        var shared = texts.Of(Sample("b"));

        shared.Should().BeEquivalentTo(Sample("b"));
    }

    [Fact]
    public void Unset_attributes_stay_unset()
    {
        var texts = new StringPool();

        var shared = texts.Of(new Job { Id = "a" });

        shared.Node.Should().BeNull();
        shared.SubmitNode.Should().BeNull();
        shared.Error.Should().BeNull();
    }

    [Fact]
    public void Long_strings_are_not_shared()
    {
        var texts = new StringPool();
        var first = texts.Of(Sample("a") with { Error = new string('e', 1000) });

        var second = texts.Of(Sample("b") with { Error = new string('e', 1000) });

        second.Error.Should().Be(first.Error).And.NotBeSameAs(first.Error);
    }

    // Each text is a new string, as in a parsed job.
    private static Job Sample(string id) => new()
    {
        Id = id,
        Pool = NewString("p1"),
        Node = NewString("n1"),
        SubmitNode = NewString("head1"),
        Error = NewString("expired"),
        Args = [NewString("/bin/echo"), id],
        Tags = [NewString("night")],
    };

    private static string NewString(string text) => new(text.AsSpan());
}
