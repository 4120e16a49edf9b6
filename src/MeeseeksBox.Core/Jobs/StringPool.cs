using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>Interns the strings that many jobs share: pools, nodes, arguments, tags, errors.</summary>
/// <remarks>
/// Each received job has strings of its own, which took a quarter of all memory. The pool has a fixed size: a new string replaces the one
/// in its place, so rare strings soon make room.
/// </remarks>
internal sealed class StringPool
{
    private const int Capacity = 1024;
    private const int LongestText = 64;

    private readonly string?[] _texts = new string?[Capacity];

    /// <summary>An equal job with shared strings. Its arrays remain its own.</summary>
    public Job Of(Job job)
    {
        Share(job.Args);
        Share(job.Tags);
        return job with { Pool = Of(job.Pool), Node = Of(job.Node), SubmitNode = Of(job.SubmitNode), Error = Of(job.Error) };
    }

    // In place: no reader can see that an equal string replaces another.
    private void Share(string[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = Of(texts[i]);
        }
    }

    [return: NotNullIfNotNull(nameof(text))]
    private string? Of(string? text)
    {
        if (text is null or { Length: > LongestText })
        {
            return text;
        }

        ref var place = ref _texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Capacity];
        place = place == text ? place : text;
        return place;
    }
}
