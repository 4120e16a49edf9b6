using System.Runtime.InteropServices;
using System.Text.Json;

namespace MeeseeksBox.Protocol.Configuration;

/// <summary>Makes the merged configuration out of what a person wrote or sent.</summary>
public static class ConfigTree
{
    /// <summary>
    /// Reads the arguments of a program: the files in order, then the words over them, wherever they stand
    /// (docs/SPECIFICATION.md#files-and-words).
    /// </summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    /// <param name="diagnostics">Takes all that is wrong.</param>
    /// <param name="layered">Sections whose entries are merged with others later: marked keys stay in them until then.</param>
    /// <returns>What could be read; the rest is in the findings, so that its values can be checked as well.</returns>
    public static ConfigObject Read(IEnumerable<string> arguments, ConfigDiagnostics diagnostics, params IReadOnlyCollection<string> layered)
    {
        var words = arguments.ToLookup(CommandLineSetting.IsSetting);
        var layers = words[false].Select(file => ConfigFile.Read(file, diagnostics))
            .Concat(words[true].Select(word => CommandLineSetting.Parse(word, diagnostics)));

        var tree = new ConfigObject(new SourceLocation(SourceLocation.CommandLine));
        return layers.OfType<ConfigObject>().Aggregate(tree, (below, layer) => below.MergedWith(layer, layered));
    }

    /// <summary>
    /// Lays an object that came by the wire over a configuration, by the rules for a file. A secret that comes back as we
    /// masked it keeps its value, so that an answer to a <c>config</c> request can be edited and sent back.
    /// </summary>
    /// <param name="below">The configuration in force.</param>
    /// <param name="sent">The argument of a <c>config</c> request, or of a job in <c>__config</c>.</param>
    /// <param name="diagnostics">Takes all that is wrong.</param>
    /// <returns>The merged configuration; <paramref name="below"/> itself when the object cannot be read.</returns>
    public static ConfigObject Merge(ConfigObject below, JsonElement sent, ConfigDiagnostics diagnostics)
    {
        var parser = new ConfigParser(SourceLocation.Request, hasLines: false, diagnostics);
        var value = parser.Parse(JsonMarshal.GetRawUtf8Value(sent), out var fault);
        if (fault is not null)
            diagnostics.AddProblem($"{SourceLocation.Request}: character {fault.Column}: {fault.Text}");
        else if (value is not ConfigObject)
            diagnostics.AddProblem($"{SourceLocation.Request}: {value!.Display} stands where an object is wanted");
        return value is ConfigObject over ? below.MergedWith(SecretMask.WithoutMasked(over)) : below;
    }
}
