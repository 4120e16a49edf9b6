namespace MeeseeksBox.Configuration;

/// <summary>A configuration with expanded <c>%(key)s</c> references.</summary>
/// <param name="Tree">The configuration.</param>
/// <param name="UsedKeys">The top-level keys that were referred to, which are therefore not unknown.</param>
public sealed record ExpandedConfig(ConfigObject Tree, IReadOnlySet<string> UsedKeys);
