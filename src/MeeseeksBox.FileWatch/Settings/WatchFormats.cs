using System.Text.Json;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Templates;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Replaces <c>%(key)s</c> and <c>%(section.key)s</c> in texts of the configuration.</summary>
/// <remarks>
/// As in later versions of the original, a text is replaced as a whole or kept as it is. Jobs have formats of their own.
/// Texts in lists are replaced, too, but not objects in lists.
/// </remarks>
internal static class WatchFormats
{
    private const string NameKey = "name";

    private const string SecretsKey = "ssl";

    // Limits for texts that refer to each other twice, which would grow exponentially.
    private const int MostReferences = 10_000;
    private const int LongestText = 64 * 1024;

    // A text without a value keeps its format, so the reason is not shown.
    private static readonly Error NoKey = new("there is no such key");

    // Jobs and the log have formats of their own. Secrets are neither changed nor copied elsewhere.
    private static readonly string[] Untouched = ["jobs", LateReader.JobKey, "logging", SecretsKey];

    /// <summary>Replaces the formats that name top-level keys, or keys in sections.</summary>
    public static ConfigObject Resolve(ConfigObject written) =>
        new Filler(WatchNaming.RootOf(written), key => At(written, key)).Fill(written);

    /// <summary>Replaces the formats of a watch that name its own keys, the defaults, or other keys.</summary>
    /// <param name="name">The name of the watch.</param>
    /// <param name="watch">The watch, with its templates applied.</param>
    /// <param name="defaults">The section <c>defaults</c>.</param>
    /// <param name="written">The whole configuration.</param>
    public static ConfigObject ResolveWatch(string name, ConfigObject watch, ConfigObject defaults, ConfigObject written) =>
        new Filler(name, key => At(watch, key) ?? At(defaults, key) ?? At(written, key)).Fill(watch);

    /// <summary>The scalar at a key, or at a path with dots; null when there is none.</summary>
    public static ConfigScalar? At(ConfigObject tree, string key)
    {
        if (tree.TryGet(key, out var value))
            return value is ConfigScalar { IsNull: false } scalar ? scalar : null;
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || key[..dot] is SecretsKey || !tree.TryGet(key[..dot], out var section))
            return null;
        return section is ConfigObject below ? At(below, key[(dot + 1)..]) : null;
    }

    /// <summary>Warns of the formats without a value in a text, which is therefore used as it is.</summary>
    /// <param name="section">The watch.</param>
    /// <param name="key">The key of the text.</param>
    /// <param name="written">The whole configuration.</param>
    public static void WarnOfLiterals(SectionReader section, string key, ConfigObject written)
    {
        if (section.Text(key) is not { } text || section.Find(key) is not { } setting)
            return;
        foreach (var name in FormattedText.Parse(text).Keys.Where(name => section.Find(name) is null && At(written, name) is null))
        {
            section.AddWarning(
                setting, $"'{text}' is used as it is: there is no key '{name}' at the top level, in defaults or in this watch");
        }
    }

    /// <summary>The keys of all formats, those in jobs included.</summary>
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
        // The keys whose values are being replaced. A key that refers to itself has no value.
        private readonly HashSet<string> _open = new(StringComparer.Ordinal);
        private int _references;

        public ConfigObject Fill(ConfigObject tree) => new(
            from member in tree.Members
            select Untouched.Contains(member.Key) ? member : KeyValuePair.Create(member.Key, Fill(member.Value)),
            tree.Origin);

        public Result<string> Find(string key)
        {
            if (key == NameKey)
                return name;
            if (++_references > MostReferences || !_open.Add(key))
                return NoKey;
            var text = find(key) is { } value ? Fill(value).Text : null;
            _ = _open.Remove(key);
            return text is { Length: <= LongestText } ? text : NoKey;
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
            var filled = FormattedText.Parse(text.Text).Fill(this);
            return filled.IsSuccess ? new ConfigScalar(JsonValueKind.String, filled.Value, text.Origin) : text;
        }
    }
}
