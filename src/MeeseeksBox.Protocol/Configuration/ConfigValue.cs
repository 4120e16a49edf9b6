namespace MeeseeksBox.Protocol.Configuration;

/// <summary>A configured value that remembers where it was written. Immutable.</summary>
public abstract class ConfigValue
{
    private protected ConfigValue(SourceLocation origin) => Origin = origin;

    /// <summary>Where it was written.</summary>
    public SourceLocation Origin { get; }

    /// <summary>How a message names this value: <c>'two'</c>, <c>3</c>, <c>a list</c>. One line, not long.</summary>
    public abstract string Display { get; }

    /// <summary>True when both are the same JSON value, wherever they were written.</summary>
    /// <param name="other">The value to compare with.</param>
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
