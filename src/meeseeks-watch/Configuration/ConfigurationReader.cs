using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Watch.Settings;

namespace MeeseeksBox.Watcher.Configuration;

/// <summary>Makes the watcher's configuration out of what a person wrote (docs/SPECIFICATION.md#watch-command).</summary>
internal static class ConfigurationReader
{
    /// <summary>Reads the arguments of the program, at the start and at each SIGHUP.</summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    public static ConfigurationResult Read(IEnumerable<string> arguments)
    {
        var findings = new ConfigFindings();
        var written = ConfigTree.Read(arguments, findings, WatchTemplates.LayeredSections);
        var tree = WatchTemplates.Apply(written, findings);
        var root = SectionReader.Root(tree, findings);
        var config = WatcherConfig.Read(root, tree);
        WatchReader.KnowOwnKeys(root, root.Section("defaults"), written);
        root.WarnOfUnknownKeys();
        if (config.Watches.Count == 0 && findings.Problems.Count == 0)
            findings.AddProblem("watch: there is none; a configuration needs at least one, like watch.in.path=/data watch.in.glob=*.dat");
        return new ConfigurationResult
        {
            Tree = tree,
            Config = findings.Problems.Count == 0 ? config : null,
            Problems = findings.Problems,
            Warnings = findings.Warnings,
        };
    }
}
