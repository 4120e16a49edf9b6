namespace MeeseeksBox.Configuration;

/// <summary>A value of a configuration, with its source location. Immutable.</summary>
public abstract class ConfigValue
{
    private protected ConfigValue(SourceLocation origin) => Origin = origin;

    /// <summary>Where it was written.</summary>
    public SourceLocation Origin { get; }

    /// <summary>The value as messages show it, on one short line: <c>'two'</c>, <c>3</c>, <c>a list</c>.</summary>
    public abstract string Display { get; }

    /// <summary>True when both are the same JSON value, regardless of their locations.</summary>
    internal bool HasValueOf(ConfigValue other) => (this, other) switch
    {
        (ConfigScalar a, ConfigScalar b) => a.Kind == b.Kind && a.Text == b.Text,
        (ConfigList a, ConfigList b) => a.Items.Count == b.Items.Count
            && a.Items.Zip(b.Items).All(pair => pair.First.HasValueOf(pair.Second)),
        (ConfigObject a, ConfigObject b) => a.Members.Count == b.Members.Count
            && a.Members.All(member => b.TryGet(member.Key, out var value) && member.Value.HasValueOf(value)),
        _ => false,
    };
}
