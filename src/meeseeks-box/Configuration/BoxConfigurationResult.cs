using System.Diagnostics.CodeAnalysis;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>A configuration that was read, or all that is wrong with it.</summary>
internal sealed record BoxConfigurationResult
{
    /// <summary>The merged configuration as it was written, for later changes to be laid over.</summary>
    public required ConfigObject Tree { get; init; }

    /// <summary>The same with each <c>%(key)s</c> replaced; <see cref="ConfigJson"/> shows it with its secrets masked.</summary>
    public required ConfigObject Shown { get; init; }

    /// <summary>The configuration; null when there is a problem.</summary>
    public required BoxConfig? Config { get; init; }

    /// <summary>What makes it unusable, a line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What is odd but does no harm, a line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether it can be used.</summary>
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsGood => Config is not null;
}
