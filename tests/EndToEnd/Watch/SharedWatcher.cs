using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>A watcher that the tests of a class share. A test adds its watches by a reload, under names of its own.</summary>
public sealed class SharedWatcher : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentBag<TemporaryFolder> _folders = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly JsonObject _watches = [];
    private RunningWatcher? _watcher;

    /// <summary>The unique name of the watcher.</summary>
    public string Name { get; } = Some.Id();

    /// <summary>True when a line of the log of the watcher contains a text.</summary>
    public bool HasLogged(string text) => _watcher?.Log.Has(text) is true;

    /// <summary>Adds a watch, and waits until it has read its folder or keeps its jobs running.</summary>
    /// <param name="box">The box, the same one for all tests.</param>
    /// <param name="name">The name of the watch.</param>
    /// <param name="watch">Its settings, as JSON.</param>
    /// <returns>Its log.</returns>
    public async Task<WatchLog> AddAsync(RunningBox box, string name, string watch)
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _watcher ??= await StartAsync(box);
            _watches[name] = JsonNode.Parse(watch);
            WriteConfiguration();
            _watcher.Send(Signal.Hangup);
        }
        finally
        {
            _ = _turn.Release();
        }

        var log = new WatchLog(_watcher.Log, name);
        await Wait.Until(
            () => log.Has("files in") || log.Has("jobs kept running"), () => $"{_watcher.Log}", TestContext.Current.CancellationToken);
        return log;
    }

    /// <summary>Removes a folder after the end of the watcher, which may still write into it.</summary>
    public void DiscardAtEnd(TemporaryFolder folder) => _folders.Add(folder);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null)
            await _watcher.DisposeAsync();
        foreach (var folder in _folders)
            folder.Dispose();
        _turn.Dispose();
        _folder.Dispose();
    }

    // A watcher without a watch would end.
    private async Task<RunningWatcher> StartAsync(RunningBox box)
    {
        var path = _folder.Folder("idle");
        _watches["idle"] = JsonSerializer.SerializeToNode(new { path, glob = "*", jobs = new { pool = "p", args = Some.True } });
        WriteConfiguration();
        var watcher = RunningWatcher.Start(box.Port, "logging.level=DEBUG", $"name={Name}", _folder.File("watch.cfg"));
        await Wait.Until(() => watcher.Log.Has("files in"), () => $"{watcher.Log}", TestContext.Current.CancellationToken);
        return watcher;
    }

    private void WriteConfiguration() => _folder.Write("watch.cfg", new JsonObject { ["watch"] = _watches.DeepClone() }.ToJsonString());
}
