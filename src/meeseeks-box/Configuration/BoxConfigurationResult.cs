using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>A configuration that was read, or its problems.</summary>
internal sealed record BoxConfigurationResult
{
    /// <summary>The merged tree with its formats unexpanded, for later merges.</summary>
    public required ConfigObject Tree { get; init; }

    /// <summary>The tree with each <c>%(key)s</c> replaced; <see cref="ConfigJson"/> writes it with its secrets masked.</summary>
    public required ConfigObject Shown { get; init; }

    /// <summary>The configuration; null with a problem.</summary>
    public required BoxConfig? Config { get; init; }

    /// <summary>Mistakes that make the configuration unusable, a line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Harmless oddities, a line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>True when the configuration can be used.</summary>
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsGood => Config is not null;
}
