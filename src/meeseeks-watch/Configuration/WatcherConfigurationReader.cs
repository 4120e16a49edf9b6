using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Settings;

namespace MeeseeksBox.WatchAgent.Configuration;

/// <summary>Reads the watcher's configuration from its arguments (docs/SPECIFICATION.md#watch-command).</summary>
internal static class WatcherConfigurationReader
{
    /// <summary>Reads the arguments of the program, at the start and at each SIGHUP.</summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    public static ConfigurationResult<WatcherConfig> Read(IEnumerable<string> arguments)
    {
        var diagnostics = new ConfigDiagnostics();
        var written = ConfigTree.Read(arguments, diagnostics, WatchTemplates.LayeredSections);
        var tree = WatchTemplates.Apply(written, diagnostics);
        var root = SectionReader.Root(tree, diagnostics);
        var config = WatcherConfig.Read(root, tree);
        WatchReader.KnowOwnKeys(root, root.Section("defaults"), written);
        WatchReader.WarnOfMisplacedKeys(root, root.Section("defaults"));
        root.WarnOfUnknownKeys();
        if (config.Watches.Count == 0 && diagnostics.Problems.Count == 0)
            diagnostics.AddProblem(
                "watch: there is none; a configuration needs at least one, like watch.in.path=/data watch.in.glob=*.dat");
        return new ConfigurationResult<WatcherConfig>(tree, tree, config, diagnostics);
    }
}
