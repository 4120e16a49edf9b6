using System.Diagnostics.CodeAnalysis;

namespace MeeseeksBox.Configuration;

/// <summary>A configuration that was read, or its problems.</summary>
/// <typeparam name="T">The configuration of the program.</typeparam>
/// <param name="tree">The merged tree with its formats unexpanded, for later merges.</param>
/// <param name="shown">The tree as it takes effect.</param>
/// <param name="config">The configuration, which counts only without a problem.</param>
/// <param name="diagnostics">The problems and warnings.</param>
public sealed class ConfigurationResult<T>(ConfigObject tree, ConfigObject shown, T config, ConfigDiagnostics diagnostics)
    where T : class
{
    /// <summary>The merged tree with its formats unexpanded, for later merges.</summary>
    public ConfigObject Tree { get; } = tree;

    /// <summary>The tree as it takes effect; <see cref="ConfigJson"/> writes it with its secrets masked.</summary>
    public ConfigObject Shown { get; } = shown;

    /// <summary>The configuration; null with a problem.</summary>
    public T? Config { get; } = diagnostics.Problems.Count == 0 ? config : null;

    /// <summary>Mistakes that make the configuration unusable, a line each.</summary>
    public IReadOnlyList<string> Problems { get; } = diagnostics.Problems;

    /// <summary>Harmless oddities, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; } = diagnostics.Warnings;

    /// <summary>All problems, and all warnings marked as such, a line each.</summary>
    public IEnumerable<string> Lines => Problems.Concat(Warnings.Select(warning => $"warning: {warning}"));

    /// <summary>True when the configuration can be used.</summary>
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsGood => Config is not null;
}
