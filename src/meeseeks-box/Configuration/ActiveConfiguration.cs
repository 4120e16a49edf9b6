using System.Text.Json;
using MeeseeksBox.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>The configuration in force, with its changes (docs/SPECIFICATION.md#reload).</summary>
/// <remarks>One change at a time: each is checked, and then applied or rejected as a whole.</remarks>
/// <param name="first">The configuration that the box starts with.</param>
internal sealed class ActiveConfiguration(ConfigurationResult<BoxConfig> first) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private ConfigurationResult<BoxConfig> _current = first;

    /// <summary>Applies a configuration to the box. Returns the problems, without any change then.</summary>
    public Func<BoxConfig, Task<IReadOnlyList<string>>> Applying { private get; set; } =
        _ => throw new InvalidOperationException("Applying is not set.");

    /// <summary>Receives each warning about a new configuration that the previous one did not have.</summary>
    public Action<string> Warning { private get; set; } = _ => { };

    /// <summary>The configuration in force.</summary>
    public BoxConfig Config => Volatile.Read(ref _current).Config!;

    /// <summary>The configuration as JSON, with its secrets masked.</summary>
    public JsonElement Shown() => JsonElement.Parse(ConfigJson.Compact(Volatile.Read(ref _current).Shown));

    /// <summary>Merges settings into the configuration.</summary>
    /// <param name="changes">An object of settings; an empty one changes nothing.</param>
    /// <returns>The problems; empty when the result is in force.</returns>
    public async Task<IReadOnlyList<string>> MergeAsync(JsonElement changes) =>
        changes.EnumerateObject().Any() ? await ReplaceAsync(current => BoxConfigurationReader.Merge(current.Tree, changes)) : [];

    /// <summary>Reads the files and words of the command line again.</summary>
    /// <returns>The problems; empty when the result is in force.</returns>
    public Task<IReadOnlyList<string>> ReloadAsync(IEnumerable<string> arguments) =>
        ReplaceAsync(_ => BoxConfigurationReader.Read(arguments));

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<string>> ReplaceAsync(Func<ConfigurationResult<BoxConfig>, ConfigurationResult<BoxConfig>> read)
    {
        await _turn.WaitAsync();
        try
        {
            var changed = read(_current);
            var problems = changed.Config is { } config ? await Applying(config) : changed.Problems;
            if (problems is [])
            {
                foreach (var warning in changed.Warnings.Except(_current.Warnings))
                {
                    Warning(warning);
                }

                Volatile.Write(ref _current, changed);
            }

            return problems;
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
