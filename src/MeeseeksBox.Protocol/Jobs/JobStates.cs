using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The wire's words for the states of a job.</summary>
public static class JobStates
{
    private static readonly string[] Words = ["new", "running", "done", "failed", "killed"];

    private static readonly JsonEncodedText[] EncodedWords = [.. Words.Select(word => JsonEncodedText.Encode(word))];

    /// <summary>The wire's word for a state.</summary>
    public static string Word(JobState state) => Words[(int)state];

    /// <summary>The state that a word stands for; false when there is none.</summary>
    public static bool TryParse(string? word, out JobState state)
    {
        var index = Array.IndexOf(Words, word);
        state = (JobState)Math.Max(index, 0);
        return index >= 0;
    }

    internal static JsonEncodedText Encoded(JobState state) => EncodedWords[(int)state];
}
