namespace MeeseeksBox.Configuration;

/// <summary>A list of values.</summary>
public sealed class ConfigList(IReadOnlyList<ConfigValue> items, SourceLocation origin) : ConfigValue(origin)
{
    /// <summary>The items, in order.</summary>
    public IReadOnlyList<ConfigValue> Items { get; } = items;

    /// <inheritdoc/>
    public override string Display => "a list";
}
