using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>Colours and styles of terminals (ECMA-48).</summary>
internal static class Style
{
    public const string Bold = "1";
    public const string Dim = "2";
    public const string Red = "31";
    public const string Green = "32";
    public const string Yellow = "33";
    public const string Cyan = "36";

    /// <summary>The style of a job state.</summary>
    public static string Of(JobState state) => state switch
    {
        JobState.New => Cyan,
        JobState.Running => Green,
        JobState.Done => Dim,
        JobState.Failed => Red,
        JobState.Killed => Yellow,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    /// <summary>A text in a style.</summary>
    /// <param name="text">The text.</param>
    /// <param name="style">One of the constants; null: no style.</param>
    /// <param name="isOn">Whether to use styles.</param>
    public static string Paint(string text, string? style, bool isOn) =>
        isOn && style is not null && text.Length > 0 ? $"\e[{style}m{text}\e[0m" : text;
}
