using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeeseeksBox.Configuration;

/// <summary>Replaces <c>%(key)s</c> in the texts of a configuration by the values of its keys.</summary>
/// <remarks>
/// <c>%(base)s</c> is the value of the top-level key <c>base</c>, <c>%(listen.port)s</c> that of a key in a section. A text is
/// expanded completely or left unchanged. It is left unchanged when a key has no text, number, true or false, or when the text
/// contains another <c>%</c>. In an expanded text, <c>%%</c> becomes <c>%</c>. Values may contain references. Secrets are not
/// expanded, and references to them are not resolved.
/// </remarks>
public static partial class ConfigFormats
{
    private const int LongestResult = 64 * 1024;

    // Bounds the time: keys that each refer twice to the next one expand exponentially, even if all of them are empty.
    private const int MostReferences = 100_000;

    /// <summary>Expands the texts of a merged configuration, except those in objects in lists.</summary>
    /// <param name="tree">The configuration.</param>
    /// <param name="keptSections">Top-level sections that use <c>%(…)s</c> for something else, and are left unchanged.</param>
    /// <param name="diagnostics">Receives a warning for each text with a reference that is not expanded.</param>
    public static ExpandedConfig Expand(ConfigObject tree, IReadOnlyCollection<string> keptSections, ConfigDiagnostics diagnostics) =>
        new Expansion(tree, diagnostics).Run(keptSections);

    [GeneratedRegex(@"%%|%\((?<key>[^()]*)\)s|%", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Part();

    private static bool HasReference(string text) => text.Contains("%(", StringComparison.Ordinal);

    private sealed class Expansion(ConfigObject root, ConfigDiagnostics diagnostics)
    {
        private readonly HashSet<string> _used = [];
        private readonly HashSet<string> _open = [];
        private int _references;

        public ExpandedConfig Run(IReadOnlyCollection<string> keptSections)
        {
            var members = root.Members.Select(member => keptSections.Contains(member.Key)
                ? member
                : KeyValuePair.Create(member.Key, Expand(member.Value, string.Empty, member.Key, member.Key)));
            return new ExpandedConfig(new ConfigObject([.. members], root.Origin), _used);
        }

        private ConfigValue Expand(ConfigValue value, string section, string key, string path) => value switch
        {
            _ when SecretMask.Covers(section, key, value) => value,
            ConfigObject child => new ConfigObject(
                from member in child.Members
                select KeyValuePair.Create(member.Key, Expand(member.Value, key, member.Key, $"{path}.{member.Key}")),
                child.Origin),
            ConfigList list => new ConfigList(
                [.. list.Items.Select(item => item is ConfigScalar text ? Expand(text, path) : item)], list.Origin),
            ConfigScalar text => Expand(text, path),
            _ => value,
        };

        private ConfigScalar Expand(ConfigScalar value, string path)
        {
            if (value.Kind is not JsonValueKind.String || !HasReference(value.Text))
                return value;
            if (TextOf(value.Text, out var fault) is { } text)
                return new ConfigScalar(JsonValueKind.String, text, value.Origin);
            diagnostics.AddWarning($"{new Setting(path, value)}: {value.Display} is not expanded: {fault}");
            return value;
        }

        private string? TextOf(string format, out string? fault)
        {
            fault = null;
            var text = new StringBuilder();
            var rest = 0;
            foreach (Match part in Part().Matches(format))
            {
                _ = text.Append(format, rest, part.Index - rest);
                rest = part.Index + part.Length;
                fault = part.Value switch
                {
                    "%" => "it contains a single %; write %% for a percent sign",
                    "%%" => null,
                    _ => AppendValue(text, part.Groups["key"].Value),
                };
                if (part.Value is "%%")
                    _ = text.Append('%');
                if (text.Length > LongestResult)
                    fault = "the result would be too long";
                if (fault is not null)
                    return null;
            }

            return text.Append(format, rest, format.Length - rest).ToString();
        }

        // Returns the fault of the reference; null when its value was appended.
        private string? AppendValue(StringBuilder text, string key)
        {
            if (Find(key) is not { } value)
                return $"no key '{key}' with a text or a number is set";
            if (++_references > MostReferences || _open.Count >= ConfigObject.DeepestNesting)
                return "too many nested references";
            if (!_open.Add(key))
                return $"the key '{key}' refers to itself";
            try
            {
                var isFormat = value.Kind is JsonValueKind.String && HasReference(value.Text);
                string? fault = null;
                if ((isFormat ? TextOf(value.Text, out fault) : value.Text) is not { } found)
                    return $"{key}: {fault}";
                _ = text.Append(found);
                _ = _used.Add(key.Split('.')[0]);
                return null;
            }
            finally
            {
                _ = _open.Remove(key);
            }
        }

        private ConfigScalar? Find(string path)
        {
            ConfigValue? value = root;
            var section = string.Empty;
            foreach (var key in path.Split('.'))
            {
                if ((value as ConfigObject)?.TryGet(key, out value) is not true || SecretMask.Covers(section, key, value!))
                    return null;
                section = key;
            }

            return value is ConfigScalar { IsNull: false } scalar ? scalar : null;
        }
    }
}
