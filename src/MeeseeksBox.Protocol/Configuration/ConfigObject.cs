using System.Diagnostics.CodeAnalysis;

namespace MeeseeksBox.Protocol.Configuration;

/// <summary>Keys and their values: a section, or the whole configuration.</summary>
public sealed class ConfigObject : ConfigValue
{
    /// <summary>How deep objects and lists may stand in each other, so that nothing that is read can exhaust the stack.</summary>
    public const int DeepestNesting = 64;

    private const char DeletionMark = '!';

    private readonly OrderedDictionary<string, ConfigValue> _members;

    /// <summary>An object without keys.</summary>
    public ConfigObject(ConfigOrigin origin)
        : this([], origin)
    {
    }

    /// <summary>An object with these keys.</summary>
    /// <param name="members">The keys and values; a key that comes twice has its last value.</param>
    /// <param name="origin">Where it was written.</param>
    public ConfigObject(IEnumerable<KeyValuePair<string, ConfigValue>> members, ConfigOrigin origin)
        : base(origin)
    {
        _members = new(StringComparer.Ordinal);
        foreach (var (key, value) in members)
            _members[key] = value;
    }

    /// <summary>Its keys and values, in the order in which the values were last set.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Members => _members;

    /// <inheritdoc/>
    public override string Shown => "an object";

    /// <summary>Finds the value of a key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out ConfigValue? value) => _members.TryGetValue(key, out value);

    /// <summary>
    /// This object with another laid over it: objects merge, anything else replaces, and a key <c>!name</c> deletes
    /// <c>name</c>, whatever its value is. Set by SPEC.md §1.1.
    /// </summary>
    public ConfigObject MergedWith(ConfigObject over)
    {
        var merged = new ConfigObject(_members, Origin);
        foreach (var (key, value) in over._members)
            merged.Take(key, value);
        return merged;
    }

    // Called only on a copy that nobody else has seen yet.
    private void Take(string key, ConfigValue value)
    {
        if (key.Length > 1 && key[0] == DeletionMark)
        {
            _members.Remove(key[1..]);
            return;
        }

        if (value is ConfigObject section)
        {
            // Merged even where nothing is below it, so that no "!name" stays behind in the result.
            var below = _members.GetValueOrDefault(key) as ConfigObject ?? new ConfigObject(section.Origin);
            _members[key] = below.MergedWith(section);
            return;
        }

        // Moved to the end: where one setting has two names, the one that was set later must be told from the earlier.
        _members.Remove(key);
        _members.Add(key, value);
    }
}
