using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Configuration;

/// <summary>
/// All problems and warnings of a configuration, not only the first (docs/SPECIFICATION.md#configuration-errors).
/// </summary>
public sealed class ConfigDiagnostics
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _knownProblems = [];
    private readonly HashSet<string> _knownWarnings = [];

    /// <summary>False for the configuration of another host: the files that it names are not read.</summary>
    public bool ReadsFiles { get; init; } = true;

    /// <summary>Errors that make the configuration unusable: one line each, in the order found.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Harmless oddities: one line each, in the order found.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds a problem, unless it is there already: several sections may share a faulty default.</summary>
    public void AddProblem(string text) => AddOnce(_problems, _knownProblems, text);

    /// <summary>Adds a warning, unless it is there already.</summary>
    public void AddWarning(string text) => AddOnce(_warnings, _knownWarnings, text);

    private static void AddOnce(List<string> lines, HashSet<string> known, string text)
    {
        var line = SingleLine.Of(text);
        if (known.Add(line))
            lines.Add(line);
    }
}
