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
                Spec = new() { Pool = NewString("x"), Args = [NewString("x")], Tags = [NewString("x")] },
                Status = new() { Node = NewString("x"), SubmitNode = NewString("x"), Error = NewString("x") },
            }, 0);
            return key switch
            {
                "pool" => job.Spec.Pool,
                "node" => job.Status.Node!,
                "submit_node" => job.Status.SubmitNode!,
                "error" => job.Status.Error!,
                "args" => job.Spec.Args[0],
                _ => job.Spec.Tags[0],
            };
        }

        var first = Shared();

        Shared().Should().BeSameAs(first).And.Be("x");
    }

    [Fact]
    public void A_job_says_the_same_with_shared_texts()
    {
        var texts = new StringPool();
        _ = texts.Of(Sample("a"), 0);

        var shared = texts.Of(Sample("b"), 0);

        shared.Should().BeEquivalentTo(Sample("b"));
    }

    [Fact]
    public void Unset_attributes_stay_unset()
    {
        var texts = new StringPool();

        var shared = texts.Of(new Job { Id = "a" }, 0);

        shared.Status.Node.Should().BeNull();
        shared.Status.SubmitNode.Should().BeNull();
        shared.Status.Error.Should().BeNull();
    }

    [Fact]
    public void Long_strings_are_not_shared()
    {
        var texts = new StringPool();
        var first = texts.Of(Sample("a").With(status => status with { Error = new string('e', 1000) }), 0);

        var second = texts.Of(Sample("b").With(status => status with { Error = new string('e', 1000) }), 0);

        second.Status.Error.Should().Be(first.Status.Error).And.NotBeSameAs(first.Status.Error);
    }

    // Each text is a new string, as in a parsed job.
    private static Job Sample(string id) => new()
    {
        Id = id,
        Spec = new() { Pool = NewString("p1"), Args = [NewString("/bin/echo"), id], Tags = [NewString("night")] },
        Status = new() { Node = NewString("n1"), SubmitNode = NewString("head1"), Error = NewString("expired") },
    };

    private static string NewString(string text) => new(text.AsSpan());
}
