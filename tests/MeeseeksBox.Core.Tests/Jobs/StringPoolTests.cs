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
    public void Equal_texts_of_two_jobs_are_kept_once(string key)
    {
        // One text alone: several may have the same place, and hashes differ from run to run.
        var texts = new StringPool();
        string Shared()
        {
            var job = texts.Of(new Job { Id = "a", Pool = Anew("x"), Node = Anew("x"), SubmitNode = Anew("x"), Error = Anew("x"), Args = [Anew("x")], Tags = [Anew("x")] });
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
    public void What_is_not_set_stays_so()
    {
        var texts = new StringPool();

        var shared = texts.Of(new Job { Id = "a" });

        shared.Node.Should().BeNull();
        shared.SubmitNode.Should().BeNull();
        shared.Error.Should().BeNull();
    }

    [Fact]
    public void Long_texts_are_left_to_their_jobs()
    {
        var texts = new StringPool();
        var first = texts.Of(Sample("a") with { Error = new string('e', 1000) });

        var second = texts.Of(Sample("b") with { Error = new string('e', 1000) });

        second.Error.Should().Be(first.Error).And.NotBeSameAs(first.Error);
    }

    // Every text anew, as it is when a job is read.
    private static Job Sample(string id) => new()
    {
        Id = id,
        Pool = Anew("p1"),
        Node = Anew("n1"),
        SubmitNode = Anew("head1"),
        Error = Anew("expired"),
        Args = [Anew("/bin/echo"), id],
        Tags = [Anew("night")],
    };

    private static string Anew(string text) => new(text.AsSpan());
}
