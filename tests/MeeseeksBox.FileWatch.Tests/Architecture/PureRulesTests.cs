using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using MeeseeksBox.FileWatch.Rules;

namespace MeeseeksBox.FileWatch.Tests.Architecture;

/// <summary>The rules use no file, clock, socket, lock or task. Their decisions depend only on their arguments.</summary>
public sealed class PureRulesTests
{
    private static readonly string[] ForbiddenNamespaces = ["System.IO", "System.Net", "System.Threading"];

    private static readonly string[] ForbiddenTypes =
    [
        "System.Console", "System.DateTime", "System.DateTimeOffset", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch",
        "System.TimeProvider", "System.Random",
    ];

    [Fact]
    public void The_rules_use_no_type_with_side_effects()
    {
        using var file = new PEReader(File.OpenRead(typeof(Planner).Assembly.Location));
        var metadata = file.GetMetadataReader();

        var used = metadata.TypeReferences
            .Select(metadata.GetTypeReference)
            .Select(type => (Namespace: metadata.GetString(type.Namespace), Name: metadata.GetString(type.Name)))
            .Where(type => !type.Name.EndsWith("Attribute", StringComparison.Ordinal))
            .ToList();

        used.Should().Contain(("System", "TimeSpan"));
        used.Where(type => ForbiddenNamespaces.Any(name => $"{type.Namespace}.".StartsWith($"{name}.", StringComparison.Ordinal))
            || ForbiddenTypes.Contains($"{type.Namespace}.{type.Name}")).Should().BeEmpty();
    }
}
