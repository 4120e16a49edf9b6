using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Reads and checks the configuration of a box (docs/SPECIFICATION.md#configuration).</summary>
internal static class BoxConfigurationReader
{
    private static readonly string[] SectionsWithFormats = ["logging"];

    private static readonly string[] KeysOfTheWatcher = ["apply", "cleanup", "client", "template", "watch"];

    /// <summary>Reads the arguments of the program, at the start and at each SIGHUP.</summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    /// <param name="accounts">The users and groups; null for those of this host.</param>
    public static ConfigurationResult<BoxConfig> Read(IEnumerable<string> arguments, IAccounts? accounts = null)
    {
        var diagnostics = new ConfigDiagnostics();
        return Check(ConfigTree.Read(arguments, diagnostics), accounts, diagnostics);
    }

    /// <summary>Merges the settings of a <c>config</c> request or of a job in <c>__config</c> into the configuration in force.</summary>
    /// <param name="inForce">The <see cref="ConfigurationResult{T}.Tree"/> of the configuration in force.</param>
    /// <param name="sent">The object of settings.</param>
    /// <param name="accounts">The users and groups; null for those of this host.</param>
    public static ConfigurationResult<BoxConfig> Merge(ConfigObject inForce, JsonElement sent, IAccounts? accounts = null)
    {
        var diagnostics = new ConfigDiagnostics();
        return Check(ConfigTree.Merge(inForce, sent, diagnostics), accounts, diagnostics);
    }

    /// <summary>The warnings about keys that a box of this version does not know, in settings for any node.</summary>
    /// <param name="sent">The object of settings.</param>
    public static IReadOnlyList<string> UnknownKeysIn(JsonElement sent)
    {
        var diagnostics = new ConfigDiagnostics { ReadsFiles = false };
        var tree = ConfigTree.Merge(new ConfigObject(new SourceLocation(SourceLocation.Request)), sent, diagnostics);
        var root = SectionReader.Root(tree, diagnostics);
        _ = BoxConfig.Read(root);
        var others = diagnostics.Warnings.Count;
        WarnOfUnknownKeys(root);
        return [.. diagnostics.Warnings.Skip(others)];
    }

    private static ConfigurationResult<BoxConfig> Check(ConfigObject tree, IAccounts? accounts, ConfigDiagnostics diagnostics)
    {
        var expanded = ConfigFormats.Expand(tree, SectionsWithFormats, diagnostics);
        var root = SectionReader.Root(expanded.Tree, diagnostics);
        var config = BoxConfig.Read(root);
        UserRule.Check(root, config, accounts ?? new HostAccounts());
        foreach (var key in expanded.UsedKeys)
            root.Accept(key);

        WarnOfUnknownKeys(root);

        // The configuration in force has no setting without an effect.
        return new ConfigurationResult<BoxConfig>(
            root.WithoutIgnoredKeys(tree, SourceLocation.Request),
            root.WithoutIgnoredKeys(expanded.Tree, SourceLocation.Request),
            config,
            diagnostics);
    }

    private static void WarnOfUnknownKeys(SectionReader root)
    {
        foreach (var key in KeysOfTheWatcher)
            root.WarnIfSet(key, "ignored: the key belongs into a configuration of meeseeks-watch");

        root.WarnOfUnknownKeys();
    }
}
