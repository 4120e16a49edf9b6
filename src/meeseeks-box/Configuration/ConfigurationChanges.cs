using System.Text.Json;
using System.Threading.Channels;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The changes of the configuration that wait, in the order of their arrival (docs/SPECIFICATION.md#reload).</summary>
/// <remarks>SIGHUP, requests and jobs in <c>__config</c> add changes; the box applies one at a time.</remarks>
internal sealed class ConfigurationChanges
{
    private readonly Channel<ConfigurationChange> _waiting = Channel.CreateUnbounded<ConfigurationChange>();

    /// <summary>Merges settings into the configuration.</summary>
    /// <param name="settings">An object of settings; an empty one changes nothing.</param>
    public Task<ConfigurationOutcome> MergeAsync(JsonElement settings) => settings.EnumerateObject().Any()
        ? AddAsync(new ConfigurationChange(settings))
        : Task.FromResult(ConfigurationOutcome.InForce);

    /// <summary>Reads the files and words of the command line again.</summary>
    public Task<ConfigurationOutcome> ReloadAsync() => AddAsync(new ConfigurationChange(settings: null));

    /// <summary>Takes each change in its turn, until <see cref="Close"/>.</summary>
    public IAsyncEnumerable<ConfigurationChange> TakeAllAsync() => _waiting.Reader.ReadAllAsync();

    /// <summary>Rejects the changes that wait, and all later ones.</summary>
    public void Close()
    {
        _ = _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out var change))
            change.Complete(ConfigurationOutcome.Stopping);
    }

    private Task<ConfigurationOutcome> AddAsync(ConfigurationChange change)
    {
        if (!_waiting.Writer.TryWrite(change))
            change.Complete(ConfigurationOutcome.Stopping);

        return change.Outcome;
    }
}
