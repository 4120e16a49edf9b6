using System.Text.Json;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Configuration;

/// <summary>Reads the settings of one section.</summary>
/// <remarks>
/// A key that was read counts as known: after the last read, <see cref="WarnOfUnknownKeys"/> warns of the others. After a problem,
/// reading continues with the default, so that one pass finds all problems. A null counts as not set. <see cref="SectionValues"/>
/// has the types of settings.
/// </remarks>
public sealed class SectionReader
{
    private readonly ConfigObject _section;
    private readonly string _path;
    private readonly ConfigDiagnostics _diagnostics;
    private readonly SectionReader? _defaults;
    private readonly OrderedDictionary<string, SectionReader> _children = [];
    private readonly List<string> _known = [];
    private readonly HashSet<string> _accepted = [];
    private readonly HashSet<string> _ignored = [];

    private SectionReader(ConfigObject section, string path, ConfigDiagnostics diagnostics, SectionReader? defaults)
    {
        _section = section;
        _path = path;
        _diagnostics = diagnostics;
        _defaults = defaults;
    }

    /// <summary>Creates a reader of the whole configuration.</summary>
    public static SectionReader Root(ConfigObject tree, ConfigDiagnostics diagnostics) =>
        new(tree, string.Empty, diagnostics, defaults: null);

    /// <summary>Finds a setting here, or else in the defaults.</summary>
    /// <param name="key">The key.</param>
    /// <param name="alias">Another name of the same setting; if both are set, the one that was set later counts.</param>
    public Setting? Find(string key, string? alias = null)
    {
        Know(key);
        if (alias is not null)
            Know(alias);

        var common = _defaults?.Find(key, alias);
        var own = _section.Members.LastOrDefault(member =>
            (member.Key == key || member.Key == alias) && member.Value is not ConfigScalar { IsNull: true });
        return own.Key is null ? common : new Setting(Path(own.Key), own.Value);
    }

    /// <summary>True when the key is set to null here.</summary>
    /// <remarks>For settings that distinguish null from "not set".</remarks>
    public bool IsNull(string key) => _section.TryGet(key, out var value) && value is ConfigScalar { IsNull: true };

    /// <summary>Marks a key as known that is not a setting, such as one for <c>%(key)s</c>.</summary>
    public void Accept(string key) => _ = _accepted.Add(key);

    /// <summary>Warns of a key that has no effect in this section, if it is set.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why the key is ignored.</param>
    public void WarnIfSet(string key, string reason)
    {
        Accept(key);
        _ = _ignored.Add(key);
        if (_section.TryGet(key, out var value))
            AddWarning(new Setting(Path(key), value), reason);
    }

    /// <summary>A section of this one; an empty one when it is not set.</summary>
    /// <param name="key">The key of the section.</param>
    /// <param name="defaults">The section with the defaults for its keys (docs/SPECIFICATION.md#defaults).</param>
    public SectionReader Section(string key, SectionReader? defaults = null)
    {
        if (_children.TryGetValue(key, out var known))
            return known;

        var child = new SectionReader(OwnObject(key), Path(key), _diagnostics, defaults ?? _defaults?.Section(key));
        _children.Add(key, child);
        return child;
    }

    /// <summary>The keys that are set in this section itself.</summary>
    public IReadOnlyList<string> Keys => [.. _section.Members.Select(member => member.Key).Distinct()];

    /// <summary>Whether a section is set, here or in the defaults, and not to <c>false</c>.</summary>
    public bool HasSection(string key) => Find(key)?.Value is { } value and not ConfigScalar { Kind: JsonValueKind.False };

    /// <summary>
    /// The entries of a section whose keys are user-defined names, such as <c>pools</c>. A null entry is an empty section.
    /// </summary>
    /// <param name="key">The key of the section.</param>
    /// <param name="defaults">The section with the defaults for the keys of each entry.</param>
    public IReadOnlyList<KeyValuePair<string, SectionReader>> Entries(string key, SectionReader? defaults = null)
    {
        var section = Section(key);
        if (section._section.TryGet(string.Empty, out _))
            AddProblem(key, "an entry has an empty name");
        return [.. section._section.Members.Select(member => KeyValuePair.Create(member.Key, section.Section(member.Key, defaults)))];
    }

    /// <summary>An empty entry, for validating the defaults without entries.</summary>
    /// <remarks>Reading it also marks the keys of the defaults as known.</remarks>
    public SectionReader Blank(SectionReader defaults) => new(new ConfigObject(_section.Origin), _path, _diagnostics, defaults);

    /// <summary>False for the configuration of another host: the files that it names are not read.</summary>
    public bool ReadsFiles => _diagnostics.ReadsFiles;

    /// <summary>Adds a problem of a setting: <c>node1.cfg: pools.p1.slots: 'two' is not a whole number</c>.</summary>
    public void AddProblem(Setting setting, string text) => _diagnostics.AddProblem($"{setting}: {text}");

    /// <summary>Adds a problem of a setting of this section, which may be missing.</summary>
    public void AddProblem(string key, string text) =>
        AddProblem(new Setting(Path(key), _section.TryGet(key, out var value) ? value : _section), text);

    /// <summary>Adds a warning about a setting.</summary>
    public void AddWarning(Setting setting, string text) => _diagnostics.AddWarning($"{setting}: {text}");

    /// <summary>Whether a key was read, here or as a default.</summary>
    public bool Knows(string key) => _known.Contains(key);

    /// <summary>Warns of every key that was not read, here and in the sections below.</summary>
    public void WarnOfUnknownKeys()
    {
        foreach (var (key, value) in _section.Members.Where(member => IsUnknown(member.Key)))
        {
            var hint = DidYouMean.Nearest(key, _known) is { } nearest ? $"; the nearest known key is '{nearest}'" : string.Empty;
            AddWarning(new Setting(Path(key), value), $"unknown key, ignored{hint}");
        }

        foreach (var child in _children.Values)
            child.WarnOfUnknownKeys();
    }

    /// <summary>A configuration without the ignored keys of a source, here and in the sections below. Call it after all warnings.</summary>
    /// <param name="tree">The configuration that was read, or the same before its formats were expanded.</param>
    /// <param name="source">The source of <see cref="SourceLocation"/>.</param>
    public ConfigObject WithoutIgnoredKeys(ConfigObject tree, string source) => new(
        from member in tree.Members
        where member.Value.Origin.Source != source || !(IsUnknown(member.Key) || _ignored.Contains(member.Key))
        select member.Value is ConfigObject section && _children.TryGetValue(member.Key, out var child)
            ? KeyValuePair.Create<string, ConfigValue>(member.Key, child.WithoutIgnoredKeys(section, source))
            : member,
        tree.Origin);

    private bool IsUnknown(string key) => !_known.Contains(key) && !_accepted.Contains(key);

    private ConfigObject OwnObject(string key)
    {
        Know(key);
        if (!_section.TryGet(key, out var value))
            return new ConfigObject(_section.Origin);
        if (value is ConfigObject child)
            return child;
        if (value is not ConfigScalar { IsNull: true })
            AddProblem(new Setting(Path(key), value), $"expected an object, found {value.Display}");
        return new ConfigObject(value.Origin);
    }

    private void Know(string key)
    {
        if (!_known.Contains(key))
            _known.Add(key);
    }

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
