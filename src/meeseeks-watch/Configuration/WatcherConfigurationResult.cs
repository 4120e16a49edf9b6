using MeeseeksBox.Configuration;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>A configuration, or all problems with it.</summary>
internal sealed record WatcherConfigurationResult
{
    /// <summary>The merged configuration with applied templates; <see cref="ConfigJson"/> masks its secrets.</summary>
    public required ConfigObject Tree { get; init; }

    /// <summary>The configuration; null when there is a problem.</summary>
    public required WatcherConfig? Config { get; init; }

    /// <summary>The problems that make it unusable, a line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>The warnings, a line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
