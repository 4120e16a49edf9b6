using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>Interns the strings that many jobs share: pools, nodes, arguments, tags, errors.</summary>
/// <remarks>
/// Each received job has strings of its own, which took a quarter of all memory. The pool has a fixed size: a new string replaces the one
/// in its place, so rare strings soon make room. A reader of many jobs has one of its own, so that its jobs do not wait for the table with
/// strings that make it copy them.
/// </remarks>
public sealed class StringPool
{
    private const int Capacity = 1024;
    private const int LongestText = 64;

    private readonly string?[] _texts = new string?[Capacity];

    /// <summary>An equal job with shared strings and a number of change. Its arrays remain its own.</summary>
    public Job Of(Job job, long seq)
    {
        Share(job.Spec.Args);
        Share(job.Spec.Tags);
        var pool = Of(job.Spec.Pool);
        var (node, submitNode, error) = (Of(job.Status.Node), Of(job.Status.SubmitNode), Of(job.Status.Error));
        var isShared = ReferenceEquals(node, job.Status.Node)
            && ReferenceEquals(submitNode, job.Status.SubmitNode)
            && ReferenceEquals(error, job.Status.Error);
        return job with
        {
            Spec = ReferenceEquals(pool, job.Spec.Pool) ? job.Spec : job.Spec with { Pool = pool },
            Seq = seq,
            Status = isShared ? job.Status : job.Status with { Node = node, SubmitNode = submitNode, Error = error },
        };
    }

    // In place: no reader can see that an equal string replaces another.
    private void Share(string[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
            texts[i] = Of(texts[i]);
    }

    [return: NotNullIfNotNull(nameof(text))]
    private string? Of(string? text)
    {
        if (text is null or { Length: > LongestText })
            return text;

        ref var place = ref _texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Capacity];
        place = place == text ? place : text;
        return place;
    }
}
