namespace MeeseeksBox.Protocol.Configuration;

/// <summary>A configuration in which each <c>%(key)s</c> that has a value is replaced by it.</summary>
/// <param name="Tree">The configuration.</param>
/// <param name="UsedKeys">The top-level keys that were referred to, so that a reader does not call them unknown.</param>
public sealed record ExpandedConfig(ConfigObject Tree, IReadOnlySet<string> UsedKeys);
