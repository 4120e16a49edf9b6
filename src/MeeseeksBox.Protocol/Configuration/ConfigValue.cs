namespace MeeseeksBox.Protocol.Configuration;

/// <summary>A configured value that remembers where it was written. Immutable.</summary>
public abstract class ConfigValue
{
    private protected ConfigValue(ConfigOrigin origin) => Origin = origin;

    /// <summary>Where it was written.</summary>
    public ConfigOrigin Origin { get; }

    /// <summary>How a message names this value: <c>'two'</c>, <c>3</c>, <c>a list</c>. One line, not long.</summary>
    public abstract string Shown { get; }
}
