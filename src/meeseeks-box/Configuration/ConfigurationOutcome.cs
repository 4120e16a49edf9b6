namespace MeeseeksBox.Agent.Configuration;

/// <summary>The outcome of a change of the configuration.</summary>
/// <param name="Problems">The problems, with the old configuration unchanged; empty when the new one is in force.</param>
internal sealed record ConfigurationOutcome(IReadOnlyList<string> Problems)
{
    /// <summary>The new configuration is in force.</summary>
    public static ConfigurationOutcome InForce { get; } = new([]);

    /// <summary>The warnings for the sender of the settings.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The box stops and rejects changes.</summary>
    public static ConfigurationOutcome Stopping { get; } = new(["the box is stopping; change its configuration after the restart"]);

    /// <summary>True when the change is in force.</summary>
    public bool IsInForce => Problems is [];
}
