using System.Text.Json;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Applies templates to the watches of a configuration.</summary>
/// <remarks>
/// The layers of a watch, lowest first: the templates named <c>null</c> or empty, <c>apply</c>, <c>extends</c>, <c>template</c>, and the
/// watch itself. A list in <c>template</c> makes one watch for each name in it; a list in <c>extends</c> merges
/// (docs/SPECIFICATION.md#templates).
/// </remarks>
public static class WatchTemplates
{
    private const string ApplyKey = "apply";
    private const string DefaultsKey = "defaults";
    private const string ExtendsKey = "extends";
    private const string TemplateKey = "template";
    private const string WatchKey = "watch";

    /// <summary>The sections whose entries are merged with each other: watches with templates.</summary>
    public static readonly IReadOnlyCollection<string> LayeredSections = [TemplateKey, WatchKey];

    private static readonly string[] Automatic = ["", "null"];

    /// <summary>The configuration with its templates applied and removed.</summary>
    /// <param name="written">The configuration with its templates.</param>
    /// <param name="diagnostics">Receives the problems.</param>
    public static ConfigObject Apply(ConfigObject written, ConfigDiagnostics diagnostics) =>
        new Application(WatchFormats.Resolve(written), diagnostics).Run();

    private static bool IsNull(ConfigValue value) => value is ConfigScalar { IsNull: true };

    private sealed class Application
    {
        private readonly ConfigObject _written;
        private readonly ConfigDiagnostics _diagnostics;
        private readonly ConfigObject _defaults;
        private readonly ConfigObject _templates;
        private readonly ConfigObject _watches;
        private readonly string? _applied;
        private readonly bool? _isRootNaming;

        public Application(ConfigObject written, ConfigDiagnostics diagnostics)
        {
            (_written, _diagnostics) = (written, diagnostics);
            _ = written.TryGet(DefaultsKey, out var defaults);
            _defaults = defaults as ConfigObject ?? new ConfigObject(written.Origin);
            _templates = ObjectOf(TemplateKey);
            _watches = ObjectOf(WatchKey);
            _applied = SectionReader.Root(written, diagnostics).Text(ApplyKey);
            _isRootNaming = WatchNaming.IsRoot(written, diagnostics);
        }

        public ConfigObject Run()
        {
            if (_watches.TryGet(string.Empty, out var nameless))
                _diagnostics.AddProblem($"{nameless.Origin.Source}: {WatchKey}: a watch has an empty name");

            var below = Automatic.Where(name => _templates.TryGet(name, out _)).Select(Template).ToList();
            if (_applied is not null
                && IsKnown(_applied, new Setting(ApplyKey, _written.TryGet(ApplyKey, out var apply) ? apply : _written)))
                below.AddRange(LayersOf(_applied, []));

            var ready = new OrderedDictionary<string, ConfigValue>();
            foreach (var (key, value) in _watches.Members)
            {
                foreach (var (name, watch) in Watches(key, value, below))
                {
                    if (!ready.TryAdd(name, watch))
                    {
                        var setting = new Setting($"{WatchKey}.{key}", value);
                        _diagnostics.AddProblem(
                            $"{setting}: its name is '{name}', which another watch has, too; give one of the two another name");
                    }
                }
            }

            string[] applied = [ApplyKey, TemplateKey, WatchKey, WatchNaming.Key];
            var members = _written.Members.Where(member => !applied.Contains(member.Key))
                .Select(member => member is { Key: DefaultsKey, Value: ConfigObject defaults }
                    ? KeyValuePair.Create(member.Key, (ConfigValue)Without(defaults, TemplateKey, ExtendsKey))
                    : member);
            var watches = KeyValuePair.Create(WatchKey, (ConfigValue)new ConfigObject(ready, _watches.Origin));
            return new ConfigObject(members.Append(watches), _written.Origin);
        }

        // The version of January 2020 has neither a list of templates nor a template in the defaults.
        private bool IsOfLaterVersion() =>
            (_defaults.TryGet(TemplateKey, out var common) && !IsNull(common))
            || _watches.Members.Select(member => member.Value).OfType<ConfigObject>()
                .Any(watch => watch.TryGet(TemplateKey, out var named) && named is ConfigList);

        private IEnumerable<(string Name, ConfigObject Watch)> Watches(string key, ConfigValue value, List<ConfigObject> below)
        {
            var own = value as ConfigObject ?? new ConfigObject(value.Origin);
            if (value is not ConfigObject && !IsNull(value))
                _diagnostics.AddProblem($"{new Setting($"{WatchKey}.{key}", value)}: {value.Display} stands where an object is wanted");

            var plain = _applied is null ? key : $"{_applied}-{key}";
            var shared = below.Concat(NamesIn(ExtendsKey, key, own).SelectMany(name => LayersOf(name, []))).ToList();
            if (Choice(TemplateKey, own) is not { } choice)
            {
                yield return Made(_isRootNaming is true ? WatchNaming.Root(_written, null, plain) : plain, shared, own);
                yield break;
            }

            // Several watches of one key need different names. A single template gets such a name where the later versions give one.
            var isRoot = choice is ConfigList || !own.TryGet(TemplateKey, out _) || (_isRootNaming ?? IsOfLaterVersion());
            if (choice is ConfigList { Items.Count: 0 })
                yield return Made(WatchNaming.Root(_written, null, plain), shared, own);
            foreach (var name in NamesIn(TemplateKey, key, own).Distinct())
                yield return Made(isRoot ? WatchNaming.Root(_written, name, plain) : plain, [.. shared, .. LayersOf(name, [])], own);
        }

        private (string Name, ConfigObject Watch) Made(string name, List<ConfigObject> layers, ConfigObject own)
        {
            var merged = layers.Append(own).Aggregate(new ConfigObject(own.Origin), (under, over) => under.MergedWith(over));
            return (name, WatchFormats.ResolveWatch(name, Without(merged, TemplateKey, ExtendsKey), _defaults, _written));
        }

        // A template may extend others, which are merged below it.
        private List<ConfigObject> LayersOf(string name, List<string> path)
        {
            var template = Template(name);
            if (path.Contains(name))
            {
                var setting = new Setting($"{TemplateKey}.{name}.{ExtendsKey}", template);
                _diagnostics.AddProblem($"{setting}: it extends itself: {string.Join(", ", path.Append(name))}");
                return [];
            }

            var below = template.TryGet(ExtendsKey, out var value) && !IsNull(value)
                ? Names(value, new Setting($"{TemplateKey}.{name}.{ExtendsKey}", value))
                : [];
            return [.. below.SelectMany(other => LayersOf(other, [.. path, name])), template];
        }

        private ConfigObject Template(string name) =>
            _templates.TryGet(name, out var value) && value is ConfigObject template ? template : new ConfigObject(_templates.Origin);

        private ConfigValue? Choice(string key, ConfigObject own) =>
            own.TryGet(key, out var value) || _defaults.TryGet(key, out value) ? (IsNull(value) ? null : value) : null;

        private List<string> NamesIn(string key, string watch, ConfigObject own) => Choice(key, own) is { } value
            ? Names(value, new Setting(own.TryGet(key, out _) ? $"{WatchKey}.{watch}.{key}" : $"{DefaultsKey}.{key}", value))
            : [];

        private List<string> Names(ConfigValue value, Setting setting)
        {
            var names = new List<string>();
            foreach (var item in value is ConfigList list ? list.Items : [value])
            {
                if (item is not ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number } text)
                    _diagnostics.AddProblem($"{setting}: {item.Display} is not the name of a template");
                else if (IsKnown(text.Text, setting))
                    names.Add(text.Text);
            }

            return names;
        }

        private bool IsKnown(string name, Setting setting)
        {
            if (_templates.TryGet(name, out _))
                return true;
            var hint = DidYouMean.Nearest(name, _templates.Members.Select(member => member.Key)) is { } nearest
                ? $"; the nearest one is '{nearest}'" : "";
            _diagnostics.AddProblem($"{setting}: there is no template '{name}'{hint}");
            return false;
        }

        private ConfigObject ObjectOf(string key)
        {
            if (!_written.TryGet(key, out var value) || IsNull(value))
                return new ConfigObject(_written.Origin);
            if (value is ConfigObject section)
                return section;
            _diagnostics.AddProblem($"{new Setting(key, value)}: {value.Display} stands where an object is wanted");
            return new ConfigObject(value.Origin);
        }

        private static ConfigObject Without(ConfigObject section, params string[] keys) =>
            new(section.Members.Where(member => !keys.Contains(member.Key)), section.Origin);
    }
}
