using System.Text.Json;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Watch.Settings;

/// <summary>
/// Applies templates (README, <c>template</c> and <c>apply</c>; SPEC.md §12). Below each watch lie, from the bottom: the templates named
/// <c>null</c> or empty, the one that is applied to all, and those that the watch names, of which later ones count more.
/// </summary>
public static class WatchTemplates
{
    private const string ApplyKey = "apply";
    private const string TemplateKey = "template";
    private const string WatchKey = "watch";

    private static readonly string[] Automatic = ["", "null"];

    /// <summary>The configuration with its templates applied, and without them.</summary>
    /// <param name="written">The configuration as it was written.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static ConfigObject Apply(ConfigObject written, ConfigFindings findings)
    {
        var root = SectionReader.Root(written, findings);
        var applied = root.Text(ApplyKey);
        var templates = ObjectOf(written, TemplateKey, findings);
        var watches = ObjectOf(written, WatchKey, findings);
        if (watches.TryGet(string.Empty, out var nameless))
            findings.AddProblem($"{nameless.Origin.Source}: {WatchKey}: a name in it is empty");

        var below = Automatic.Where(name => templates.TryGet(name, out _)).ToList();
        if (applied is not null && IsKnown(templates, applied, new Setting(ApplyKey, Value(written, ApplyKey)), findings))
            below.Add(applied);

        var ready = new ConfigObject(
            from watch in watches.Members
            let name = applied is null ? watch.Key : $"{applied}-{watch.Key}"
            select KeyValuePair.Create(name, (ConfigValue)Merge(watch.Key, watch.Value, below, templates, findings)),
            watches.Origin);
        return new ConfigObject(
            written.Members.Where(member => member.Key is not (ApplyKey or TemplateKey or WatchKey)).Append(KeyValuePair.Create(WatchKey, (ConfigValue)ready)),
            written.Origin);
    }

    private static ConfigObject Merge(string name, ConfigValue written, List<string> below, ConfigObject templates, ConfigFindings findings)
    {
        var own = written as ConfigObject ?? new ConfigObject(written.Origin);
        if (written is not ConfigObject and not ConfigScalar { IsNull: true })
            findings.AddProblem($"{new Setting($"{WatchKey}.{name}", written)}: {written.Shown} stands where an object is wanted");

        var named = NamedTemplates(name, own, templates, findings);
        var merged = below.Concat(named).Select(template => templates.TryGet(template, out var value) ? value as ConfigObject : null)
            .OfType<ConfigObject>()
            .Append(own)
            .Aggregate(new ConfigObject(own.Origin), (under, over) => under.MergedWith(over));
        return new ConfigObject(merged.Members.Where(member => member.Key != TemplateKey), own.Origin);
    }

    private static List<string> NamedTemplates(string watch, ConfigObject own, ConfigObject templates, ConfigFindings findings)
    {
        if (!own.TryGet(TemplateKey, out var value) || value is ConfigScalar { IsNull: true })
            return [];
        var setting = new Setting($"{WatchKey}.{watch}.{TemplateKey}", value);
        var names = new List<string>();
        foreach (var item in value is ConfigList list ? list.Items : [value])
        {
            if (item is not ConfigScalar { Kind: JsonValueKind.String or JsonValueKind.Number } text)
                findings.AddProblem($"{setting}: {item.Shown} is not the name of a template");
            else if (IsKnown(templates, text.Text, setting, findings))
                names.Add(text.Text);
        }

        return names;
    }

    private static bool IsKnown(ConfigObject templates, string name, Setting setting, ConfigFindings findings)
    {
        if (templates.TryGet(name, out _))
            return true;
        var hint = KeyDistance.Nearest(name, templates.Members.Select(member => member.Key)) is { } nearest ? $"; the nearest one is '{nearest}'" : "";
        findings.AddProblem($"{setting}: there is no template '{name}'{hint}");
        return false;
    }

    private static ConfigObject ObjectOf(ConfigObject root, string key, ConfigFindings findings)
    {
        if (!root.TryGet(key, out var value) || value is ConfigScalar { IsNull: true })
            return new ConfigObject(root.Origin);
        if (value is ConfigObject section)
            return section;
        findings.AddProblem($"{new Setting(key, value)}: {value.Shown} stands where an object is wanted");
        return new ConfigObject(value.Origin);
    }

    private static ConfigValue Value(ConfigObject root, string key) => root.TryGet(key, out var value) ? value : root;
}
