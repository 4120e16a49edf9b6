using System.Text.Json;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Makes the box's configuration out of what a person wrote or sent (SPEC.md §1, §8).</summary>
internal static class ConfigurationReader
{
    /// <summary>Reads the arguments of the program, at the start and at each SIGHUP.</summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    public static ConfigurationResult Read(IEnumerable<string> arguments)
    {
        var findings = new ConfigFindings();
        return Check(ConfigTree.Read(arguments, findings), findings);
    }

    /// <summary>Lays what a <c>config</c> request or a job in <c>__config</c> brings over the configuration in force.</summary>
    /// <param name="inForce">The <see cref="ConfigurationResult.Tree"/> of the configuration in force.</param>
    /// <param name="sent">The object that was sent.</param>
    public static ConfigurationResult Merge(ConfigObject inForce, JsonElement sent)
    {
        var findings = new ConfigFindings();
        return Check(ConfigTree.Merge(inForce, sent, findings), findings);
    }

    private static ConfigurationResult Check(ConfigObject tree, ConfigFindings findings)
    {
        var root = SectionReader.Root(tree, findings);
        var config = BoxConfig.Read(root);
        root.WarnOfUnknownKeys();
        return new ConfigurationResult
        {
            Tree = tree,
            Config = findings.Problems.Count == 0 ? config : null,
            Problems = findings.Problems,
            Warnings = findings.Warnings,
        };
    }
}
