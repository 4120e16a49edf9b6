using System.Text.Json;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Puts values of the configuration into its own texts: <c>%(key)s</c>, <c>%(section.key)s</c>.</summary>
/// <remarks>
/// As in later versions of the original, a text is filled in whole or left as it is, and jobs are left to the formats of jobs. A list that
/// holds texts is filled in, too; objects in lists are not looked into.
/// </remarks>
internal static class WatchFormats
{
    private const string NameKey = "name";

    private const string SecretsKey = "ssl";

    // Texts that hold each other twice would grow without end.
    private const int MostReferences = 10_000;
    private const int LongestText = 64 * 1024;

    // Formats of jobs and of the log have values of their own; secrets are neither filled in nor put in elsewhere.
    private static readonly string[] Untouched = ["jobs", "logging", SecretsKey];

    /// <summary>The configuration with the texts filled in that name its top-level keys, or keys in its sections.</summary>
    public static ConfigObject Resolve(ConfigObject written) =>
        new Filler(WatchNaming.RootOf(written), key => At(written, key)).Fill(written);

    /// <summary>A watch with the texts filled in that name its own keys or the defaults.</summary>
    /// <param name="name">The name of the watch.</param>
    /// <param name="watch">The watch, with its templates applied.</param>
    /// <param name="defaults">The defaults.</param>
    /// <param name="written">The whole configuration.</param>
    public static ConfigObject ResolveWatch(string name, ConfigObject watch, ConfigObject defaults, ConfigObject written) =>
        new Filler(name, key => At(watch, key) ?? At(defaults, key) ?? At(written, key)).Fill(watch);

    /// <summary>The scalar at a key, which may be the path to it with dots; null when there is none.</summary>
    public static ConfigScalar? At(ConfigObject tree, string key)
    {
        if (tree.TryGet(key, out var value))
            return value is ConfigScalar { IsNull: false } scalar ? scalar : null;
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || key[..dot] is SecretsKey || !tree.TryGet(key[..dot], out var section))
            return null;
        return section is ConfigObject below ? At(below, key[(dot + 1)..]) : null;
    }

    /// <summary>All keys that texts name, in jobs, too.</summary>
    public static IEnumerable<string> KeysIn(ConfigValue value) => value switch
    {
        ConfigObject tree => tree.Members.SelectMany(member => KeysIn(member.Value)),
        ConfigList list => list.Items.SelectMany(KeysIn),
        ConfigScalar { Kind: JsonValueKind.String } text when text.Text.Contains("%(", StringComparison.Ordinal) =>
            FormattedText.Parse(text.Text).Keys,
        _ => [],
    };

    private sealed class Filler(string name, Func<string, ConfigScalar?> find) : IJobValues
    {
        // The keys whose values are being filled in: one that names itself has no value.
        private readonly HashSet<string> _open = new(StringComparer.Ordinal);
        private int _references;

        public ConfigObject Fill(ConfigObject tree) => new(
            from member in tree.Members
            select Untouched.Contains(member.Key) ? member : KeyValuePair.Create(member.Key, Fill(member.Value)),
            tree.Origin);

        public string? Find(string key, out string? problem)
        {
            problem = null;
            if (key == NameKey)
                return name;
            problem = "there is no such key";
            if (++_references > MostReferences || !_open.Add(key))
                return null;
            var text = find(key) is { } value ? Fill(value).Text : null;
            _ = _open.Remove(key);
            if (text is not { Length: <= LongestText })
                return null;
            problem = null;
            return text;
        }

        private ConfigValue Fill(ConfigValue value) => value switch
        {
            ConfigObject tree => Fill(tree),
            ConfigList list => new ConfigList([.. list.Items.Select(item => item is ConfigScalar text ? Fill(text) : item)], list.Origin),
            ConfigScalar text => Fill(text),
            _ => value,
        };

        private ConfigScalar Fill(ConfigScalar text)
        {
            if (text.Kind is not JsonValueKind.String || !text.Text.Contains("%(", StringComparison.Ordinal))
                return text;
            var filled = FormattedText.Parse(text.Text).Fill(this, out _);
            return filled is null ? text : new ConfigScalar(JsonValueKind.String, filled, text.Origin);
        }
    }
}
