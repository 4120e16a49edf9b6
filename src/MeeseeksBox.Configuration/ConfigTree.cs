using System.Runtime.InteropServices;
using System.Text.Json;

namespace MeeseeksBox.Configuration;

/// <summary>Merges files, words and requests into one configuration.</summary>
public static class ConfigTree
{
    /// <summary>
    /// Merges the arguments of a program: the files in order, then the words over them
    /// (docs/SPECIFICATION.md#files-and-words).
    /// </summary>
    /// <param name="arguments">Files and <c>key.key=value</c> words.</param>
    /// <param name="diagnostics">Receives all errors and warnings.</param>
    /// <param name="layered">Sections whose entries are merged again later: marked keys are kept in them until then.</param>
    /// <returns>All that could be read, so that its values can be checked even if another file is invalid.</returns>
    public static ConfigObject Read(
        IEnumerable<string> arguments, ConfigDiagnostics diagnostics, params IReadOnlyCollection<string> layered)
    {
        var words = arguments.ToLookup(CommandLineSetting.IsSetting);
        var layers = words[false].Select(file => ConfigFile.Read(file, diagnostics))
            .Concat(words[true].Select(word => CommandLineSetting.Parse(word, diagnostics)));

        var tree = new ConfigObject(new SourceLocation(SourceLocation.CommandLine));
        return layers.OfType<ConfigObject>().Aggregate(tree, (below, layer) => below.MergedWith(layer, layered));
    }

    /// <summary>Merges words over a configuration.</summary>
    /// <param name="below">The configuration.</param>
    /// <param name="words">The <c>key.key=value</c> words.</param>
    /// <param name="source">Where they stand, for messages.</param>
    /// <param name="diagnostics">Receives all errors and warnings.</param>
    public static ConfigObject WithWords(ConfigObject below, IEnumerable<string> words, string source, ConfigDiagnostics diagnostics) =>
        words.Select(word => CommandLineSetting.Parse(word, source, diagnostics)).OfType<ConfigObject>()
            .Aggregate(below, (tree, layer) => tree.MergedWith(layer));

    /// <summary>
    /// Merges an object from the wire over a configuration, by the rules for a file. A masked secret keeps its value, so that
    /// an answer to a <c>config</c> request can be edited and sent back.
    /// </summary>
    /// <param name="below">The active configuration.</param>
    /// <param name="sent">The argument of a <c>config</c> request, or of a job in <c>__config</c>.</param>
    /// <param name="diagnostics">Receives all errors and warnings.</param>
    /// <returns>The merged configuration; <paramref name="below"/> itself when the object cannot be read.</returns>
    public static ConfigObject Merge(ConfigObject below, JsonElement sent, ConfigDiagnostics diagnostics)
    {
        var parser = new ConfigParser(SourceLocation.Request, hasLines: false, diagnostics);
        var value = parser.Parse(JsonMarshal.GetRawUtf8Value(sent), out var fault);
        if (fault is not null)
            diagnostics.AddProblem($"{SourceLocation.Request}: character {fault.Column}: {fault.Text}");
        else if (value is not ConfigObject)
            diagnostics.AddProblem($"{SourceLocation.Request}: expected an object, found {value!.Display}");
        return value is ConfigObject over ? below.MergedWith(SecretMask.WithoutMasked(over)) : below;
    }
}
