namespace MeeseeksBox.Protocol.Configuration;

/// <summary>
/// What was found wrong while a configuration was read: all of it, not only the first fault (docs/SPECIFICATION.md#configuration-errors).
/// </summary>
public sealed class ConfigDiagnostics
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _knownProblems = [];
    private readonly HashSet<string> _knownWarnings = [];

    /// <summary>What makes the configuration unusable: one line each, in the order found.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What is odd but does no harm: one line each, in the order found.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds a problem. One that was found before (a default that several sections share) is said once.</summary>
    public void AddProblem(string text) => AddOnce(_problems, _knownProblems, text);

    /// <summary>Adds a warning. One that was found before is said once.</summary>
    public void AddWarning(string text) => AddOnce(_warnings, _knownWarnings, text);

    private static void AddOnce(List<string> lines, HashSet<string> known, string text)
    {
        var line = SingleLine.Of(text);
        if (known.Add(line))
            lines.Add(line);
    }
}
