namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>Parameters for the start of a box.</summary>
/// <param name="Words">Config files and <c>key.key=value</c> words.</param>
public sealed record BoxStart(params string[] Words)
{
    /// <summary>Variables added to the environment of the tests.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Command line of a program that executes the box, such as one that changes the user; usually empty.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>The configured log file; null for standard error.</summary>
    public string? LogFile { get; init; }
}
