using System.Text.Json;
using MeeseeksBox.Protocol.Configuration;

namespace MeeseeksBox.Agent.Configuration;

/// <summary>
/// The configuration in force. One change at a time: each is checked whole, then applied whole, or refused whole
/// (docs/SPECIFICATION.md#reload).
/// </summary>
/// <param name="first">The configuration that the box starts with.</param>
internal sealed class ActiveConfiguration(BoxConfigurationResult first) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private BoxConfigurationResult _current = first;

    /// <summary>Brings the box to a configuration; answers what stands against it, and has changed nothing then.</summary>
    public Func<BoxConfig, Task<IReadOnlyList<string>>> Applying { private get; set; } =
        _ => throw new InvalidOperationException("Nobody applies configurations yet.");

    /// <summary>Takes each warning about a changed configuration that the one before did not have.</summary>
    public Action<string> Warning { private get; set; } = _ => { };

    /// <summary>The configuration.</summary>
    public BoxConfig Config => Volatile.Read(ref _current).Config!;

    /// <summary>The configuration as it was written, with its secrets masked.</summary>
    public JsonElement Shown() => JsonElement.Parse(ConfigJson.Compact(Volatile.Read(ref _current).Shown));

    /// <summary>Merges what was sent into the configuration.</summary>
    /// <param name="changes">An object of settings; an empty one changes nothing.</param>
    /// <returns>What is wrong with it; nothing when it is in force now.</returns>
    public async Task<IReadOnlyList<string>> MergeAsync(JsonElement changes) =>
        changes.EnumerateObject().Any() ? await ReplaceAsync(current => BoxConfigurationReader.Merge(current.Tree, changes)) : [];

    /// <summary>Reads the files and words of the command line again.</summary>
    /// <returns>What is wrong with them; nothing when they are in force now.</returns>
    public Task<IReadOnlyList<string>> ReloadAsync(IEnumerable<string> arguments) => ReplaceAsync(_ => BoxConfigurationReader.Read(arguments));

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<string>> ReplaceAsync(Func<BoxConfigurationResult, BoxConfigurationResult> read)
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
