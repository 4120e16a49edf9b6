using System.Diagnostics.CodeAnalysis;

namespace MeeseeksBox.Configuration;

/// <summary>An object of a configuration: a section, or the whole.</summary>
public sealed class ConfigObject : ConfigValue
{
    /// <summary>The maximum nesting of objects and lists, so that no input can exhaust the stack.</summary>
    public const int DeepestNesting = 64;

    private const char DeletionMark = '!';

    private const int EntryDepth = 2;

    private readonly OrderedDictionary<string, ConfigValue> _members;

    /// <summary>Creates an object without keys.</summary>
    public ConfigObject(SourceLocation origin)
        : this([], origin)
    {
    }

    /// <summary>Creates an object with the given keys.</summary>
    /// <param name="members">The keys and values; of duplicate keys the last value counts.</param>
    /// <param name="origin">Where it was written.</param>
    public ConfigObject(IEnumerable<KeyValuePair<string, ConfigValue>> members, SourceLocation origin)
        : base(origin)
    {
        _members = new(StringComparer.Ordinal);
        foreach (var (key, value) in members)
            _members[key] = value;
    }

    /// <summary>The keys and values, in the order in which the values were last set.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Members => _members;

    /// <inheritdoc/>
    public override string Display => "an object";

    /// <summary>Finds the value of a key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out ConfigValue? value) => _members.TryGetValue(key, out value);

    /// <summary>Merges another object over this one: objects merge, anything else replaces (docs/SPECIFICATION.md#merging).</summary>
    /// <remarks>
    /// A key <c>!name</c> deletes <c>name</c>; its value is ignored. With a list as its value, <c>+name</c> appends the items
    /// to the list <c>name</c>, <c>name+</c> prepends them, and <c>-name</c> removes them. The order of keys in
    /// <paramref name="over"/> does not matter for these: deletions come first, then <c>+name</c>, <c>-name</c>, plain keys,
    /// and <c>name+</c>, as in the original since December 2020.
    /// </remarks>
    /// <param name="over">The object that takes precedence.</param>
    public ConfigObject MergedWith(ConfigObject over) => MergedWith(over, []);

    /// <summary>Merges a configuration whose entries are merged again later, such as watches with their templates.</summary>
    /// <param name="over">The object that takes precedence.</param>
    /// <param name="layered">
    /// The sections of such entries. A marked key in an entry is kept for the later merge when the entry has no list that it can change.
    /// A deletion is applied and kept.
    /// </param>
    public ConfigObject MergedWith(ConfigObject over, IReadOnlyCollection<string> layered) => MergedWith(over, layered, depth: 0);

    private enum MergeStep
    {
        Delete,
        Append,
        Remove,
        Set,
        Prepend,
    }

    // The marks of lists count only if the value is a list, so a pool may be named "c++".
    private static MergeStep StepOf(string key, ConfigValue value) => (key, value) switch
    {
        ([DeletionMark, _, ..], _) => MergeStep.Delete,
        (['+', _, ..], ConfigList) => MergeStep.Append,
        (['-', _, ..], ConfigList) => MergeStep.Remove,
        ([_, .., '+'], ConfigList) => MergeStep.Prepend,
        _ => MergeStep.Set,
    };

    // Depth 0 is the configuration, 1 a section of entries, 2 and more an entry; -1 is anything else.
    private ConfigObject MergedWith(ConfigObject over, IReadOnlyCollection<string> layered, int depth)
    {
        var merged = new ConfigObject(_members, Origin);
        foreach (var (key, value) in over._members.OrderBy(member => StepOf(member.Key, member.Value)))
        {
            if (depth < EntryDepth || !merged.Keep(key, value))
                merged.Take(key, value, layered, depth);
        }

        return merged;
    }

    // True when the mark is kept for a later merge.
    private bool Keep(string key, ConfigValue value)
    {
        switch (StepOf(key, value))
        {
            case MergeStep.Set:
                return false;
            case MergeStep.Delete:
                _ = _members.Remove(key[1..]);
                Set(key, value);
                return true;
            case MergeStep.Prepend when ListAt(key[..^1]) is null:
                Set(key, (ConfigList)value, ListAt(key), value.Origin);
                return true;
            case MergeStep.Append or MergeStep.Remove when ListAt(key[1..]) is null:
                Set(key, ListAt(key), (ConfigList)value, value.Origin);
                return true;
            default:
                return false;
        }
    }

    // Mutates this object: call it only on a copy that is not shared yet.
    private void Take(string key, ConfigValue value, IReadOnlyCollection<string> layered, int depth)
    {
        switch (StepOf(key, value))
        {
            case MergeStep.Delete:
                _ = _members.Remove(key[1..]);
                break;
            case MergeStep.Append:
                Set(key[1..], ListAt(key[1..]), (ConfigList)value, value.Origin);
                break;
            case MergeStep.Prepend:
                Set(key[..^1], (ConfigList)value, ListAt(key[..^1]), value.Origin);
                break;
            case MergeStep.Remove when ListAt(key[1..]) is { } list:
                var removed = ((ConfigList)value).Items;
                Set(key[1..], new ConfigList([.. list.Items.Where(item => !removed.Any(item.HasValueOf))], list.Origin));
                break;
            case MergeStep.Remove:
                break;
            case MergeStep.Set when value is ConfigObject section:
                // Merge even if the key is not set below, so that the result contains no "!name".
                var below = _members.GetValueOrDefault(key) as ConfigObject ?? new ConfigObject(section.Origin);
                _members[key] = below.MergedWith(section, layered, depth > 0 || (depth is 0 && layered.Contains(key)) ? depth + 1 : -1);
                break;
            default:
                Set(key, value);
                break;
        }
    }

    private ConfigList? ListAt(string key) => _members.GetValueOrDefault(key) as ConfigList;

    private void Set(string key, ConfigList? first, ConfigList? last, SourceLocation origin) =>
        Set(key, new ConfigList([.. first?.Items ?? [], .. last?.Items ?? []], origin));

    // Moves the key to the end: if a setting has two names, the one that was set later counts.
    private void Set(string key, ConfigValue value)
    {
        _ = _members.Remove(key);
        _members.Add(key, value);
    }
}
