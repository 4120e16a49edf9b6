namespace MeeseeksBox.Protocol.Configuration;

/// <summary>A value that is set, and the path of keys under which it stands.</summary>
/// <param name="Path">The keys, joined by dots: <c>pools.p1.slots</c>.</param>
/// <param name="Value">The value; never null itself.</param>
public sealed record Setting(string Path, ConfigValue Value)
{
    /// <summary>How a message about it begins: <c>node1.cfg: pools.p1.slots</c>.</summary>
    public override string ToString() => $"{Value.Origin.Source}: {Path}";
}
