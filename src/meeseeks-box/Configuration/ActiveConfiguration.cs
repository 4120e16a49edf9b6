using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>Holds the configuration in force, which is immutable and replaced whole.</summary>
/// <param name="first">The configuration that the box starts with.</param>
internal sealed class ActiveConfiguration(ConfigurationResult<BoxConfig> first)
{
    private ConfigurationResult<BoxConfig> _current = first;

    /// <summary>The configuration in force, as it was read.</summary>
    public ConfigurationResult<BoxConfig> Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>The configuration in force.</summary>
    public BoxConfig Config => Current.Config!;

    /// <summary>The configuration as JSON, with its secrets masked.</summary>
    public JsonElement Shown() => JsonElement.Parse(ConfigJson.Compact(Current.Shown));
}
