using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>Tests with a watch of a folder in a watcher that they share.</summary>
public abstract class SharedWatcherTests(SharedBox shared, SharedWatcher watcher) : WatchTests(shared), IClassFixture<SharedWatcher>
{
    /// <summary>The name of the watcher.</summary>
    protected string WatcherName => watcher.Name;

    /// <inheritdoc/>
    protected override string WatchName => Name;

    /// <summary>True when a line of the log of the watcher contains a text, whichever watch it is about.</summary>
    protected bool HasLogged(string text) => watcher.HasLogged(text);

    /// <summary>Adds watches, and waits until they have read their folders.</summary>
    /// <param name="words">The watches, as words of the command line.</param>
    /// <returns>The log of the first one.</returns>
    protected async Task<WatchLog> AddAsync(params string[] words)
    {
        var logs = new List<WatchLog>();
        foreach (var word in words)
        {
            var (name, watch) = (word[..word.IndexOf('=')], word[(word.IndexOf('=') + 1)..]);
            logs.Add(await watcher.AddAsync(Box, name["watch.".Length..], watch));
        }

        return logs[0];
    }

    /// <inheritdoc/>
    protected override void Discard(TemporaryFolder folder) => watcher.DiscardAtEnd(folder);
}
