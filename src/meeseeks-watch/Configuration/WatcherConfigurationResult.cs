using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>A configuration that was read, or all that is wrong with it.</summary>
internal sealed record WatcherConfigurationResult
{
    /// <summary>What was written, merged, with the templates applied; <see cref="ConfigJson"/> shows it with its secrets masked.</summary>
    public required ConfigObject Tree { get; init; }

    /// <summary>The configuration; null when there is a problem.</summary>
    public required WatcherConfig? Config { get; init; }

    /// <summary>What makes it unusable, a line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What is odd but does no harm, a line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
