using System.Text.Json;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>A change of the configuration that waits for its turn.</summary>
/// <param name="settings">The settings to merge; null to read the command line with its files again.</param>
internal sealed class ConfigurationChange(JsonElement? settings)
{
    private readonly TaskCompletionSource<ConfigurationOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The settings to merge; null to read the command line with its files again.</summary>
    public JsonElement? Settings => settings;

    /// <summary>Completes when the change is in force or rejected.</summary>
    public Task<ConfigurationOutcome> Outcome => _outcome.Task;

    /// <summary>Completes <see cref="Outcome"/>.</summary>
    public void Complete(ConfigurationOutcome outcome) => _outcome.TrySetResult(outcome);
}
