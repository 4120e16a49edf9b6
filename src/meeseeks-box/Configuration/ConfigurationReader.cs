using System.Text.Json;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Makes the box's configuration out of what a person wrote or sent (docs/SPECIFICATION.md#configuration).</summary>
internal static class ConfigurationReader
{
    private static readonly string[] SectionsWithFormats = ["logging"];

    private static readonly string[] KeysOfTheWatcher = ["apply", "cleanup", "client", "template", "watch"];

    /// <summary>Reads the arguments of the program, at the start and at each SIGHUP.</summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    /// <param name="accounts">The users and groups of the host; null for those of this one.</param>
    public static ConfigurationResult Read(IEnumerable<string> arguments, IAccounts? accounts = null)
    {
        var findings = new ConfigFindings();
        return Check(ConfigTree.Read(arguments, findings), accounts, findings);
    }

    /// <summary>Lays what a <c>config</c> request or a job in <c>__config</c> brings over the configuration in force.</summary>
    /// <param name="inForce">The <see cref="ConfigurationResult.Tree"/> of the configuration in force.</param>
    /// <param name="sent">The object that was sent.</param>
    /// <param name="accounts">The users and groups of the host; null for those of this one.</param>
    public static ConfigurationResult Merge(ConfigObject inForce, JsonElement sent, IAccounts? accounts = null)
    {
        var findings = new ConfigFindings();
        return Check(ConfigTree.Merge(inForce, sent, findings), accounts, findings);
    }

    private static ConfigurationResult Check(ConfigObject tree, IAccounts? accounts, ConfigFindings findings)
    {
        var expanded = ConfigFormats.Expand(tree, SectionsWithFormats, findings);
        var root = SectionReader.Root(expanded.Tree, findings);
        var config = BoxConfig.Read(root);
        UserRule.Check(root, accounts ?? new HostAccounts());
        foreach (var key in expanded.UsedKeys)
        {
            root.Accept(key);
        }

        foreach (var key in KeysOfTheWatcher)
        {
            root.WarnIfSet(key, "ignored: the key belongs into a configuration of meeseeks-watch");
        }

        root.WarnOfUnknownKeys();
        return new ConfigurationResult
        {
            Tree = tree,
            Shown = expanded.Tree,
            Config = findings.Problems.Count == 0 ? config : null,
            Problems = findings.Problems,
            Warnings = findings.Warnings,
        };
    }
}
