using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Core.Jobs;

/// <summary>
/// Keeps one copy of the texts that stand in job after job: names of pools and nodes, words of commands, tags, errors. Each job comes with copies of
/// its own, which were a quarter of all memory. Of a size that does not grow: what is rare soon makes room for what comes now.
/// </summary>
internal sealed class StringPool
{
    private const int Places = 1024;
    private const int LongestText = 64;

    private readonly string?[] _texts = new string?[Places];

    /// <summary>A job that says the same, with shared texts. Its lists stay its own.</summary>
    public Job Of(Job job)
    {
        Share(job.Args);
        Share(job.Tags);
        return job with { Pool = Of(job.Pool), Node = Of(job.Node), SubmitNode = Of(job.SubmitNode), Error = Of(job.Error) };
    }

    // In place: an equal text in the place of another is a change that no reader can see.
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

        ref var place = ref _texts[(uint)text.GetHashCode(StringComparison.Ordinal) % Places];
        place = place == text ? place : text;
        return place;
    }
}
