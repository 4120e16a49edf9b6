using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using MeeseeksBox.Core;

namespace MeeseeksBox.Agent.Tests.Architecture;

/// <summary>The core uses no socket, file, process, clock, lock or task, so that a cluster of cores can run in one test.</summary>
public sealed class PureCoreTests
{
    private static readonly string[] ForbiddenNamespaces = ["System.IO", "System.Net", "System.Threading"];

    private static readonly string[] ForbiddenTypes =
    [
        "System.Console",
        "System.DateTime",
        "System.DateTimeOffset",
        "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch",
        "System.TimeProvider",
    ];

    [Fact]
    public void The_core_uses_no_type_with_IO_clock_or_threads()
    {
        using var file = new PEReader(File.OpenRead(typeof(NodeCore).Assembly.Location));
        var metadata = file.GetMetadataReader();

        var used = metadata.TypeReferences
            .Select(metadata.GetTypeReference)
            .Select(type => (Namespace: metadata.GetString(type.Namespace), Name: metadata.GetString(type.Name)))
            .Where(type => !type.Name.EndsWith("Attribute", StringComparison.Ordinal))
            .ToList();

        used.Should().Contain(("System", "Random"));
        used.Where(type => ForbiddenNamespaces.Any(name => $"{type.Namespace}.".StartsWith($"{name}.", StringComparison.Ordinal))
            || ForbiddenTypes.Contains($"{type.Namespace}.{type.Name}")).Should().BeEmpty();
    }
}
