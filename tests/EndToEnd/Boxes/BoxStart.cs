namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>How a box is started.</summary>
/// <param name="Words">Config files and <c>key.key=value</c> words.</param>
public sealed record BoxStart(params string[] Words)
{
    /// <summary>What is set in its environment, beside what the tests have.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The words of a program that becomes the box, such as one that changes the user; none as a rule.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>The file that it is told to log to; null: standard error.</summary>
    public string? LogFile { get; init; }
}
