using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>The names of the job states on the wire.</summary>
public static class JobStates
{
    private static readonly string[] Words = ["new", "running", "done", "failed", "killed"];

    private static readonly JsonEncodedText[] EncodedWords = [.. Words.Select(word => JsonEncodedText.Encode(word))];

    /// <summary>The names of all states.</summary>
    public static IReadOnlyList<string> All => Words;

    /// <summary>The name of a state on the wire.</summary>
    public static string Word(JobState state) => Words[(int)state];

    /// <summary>Finds the state of a name.</summary>
    public static bool TryParse(string? word, out JobState state)
    {
        var index = Array.IndexOf(Words, word);
        state = (JobState)Math.Max(index, 0);
        return index >= 0;
    }

    internal static JsonEncodedText Encoded(JobState state) => EncodedWords[(int)state];
}
