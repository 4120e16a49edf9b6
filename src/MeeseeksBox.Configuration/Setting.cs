namespace MeeseeksBox.Configuration;

/// <summary>A value that is set, with the path of its keys.</summary>
/// <param name="Path">The keys, joined by dots: <c>pools.p1.slots</c>.</param>
/// <param name="Value">The value; never a JSON null.</param>
public sealed record Setting(string Path, ConfigValue Value)
{
    /// <summary>The prefix of messages about the setting: <c>node1.cfg: pools.p1.slots</c>.</summary>
    public override string ToString() => $"{Value.Origin.Source}: {Path}";
}
