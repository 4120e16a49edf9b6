using MeeseeksBox.Foundation;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>Finds and loads the plugins of pools (docs/SPECIFICATION.md#plugin-lookup).</summary>
/// <param name="folders">Folders to search for relative paths, in order.</param>
internal sealed class PluginLoader(IReadOnlyList<string> folders)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTime WrittenAt, PluginFile File)> _loaded = [];

    /// <summary>The folders to search for plugins, in order.</summary>
    /// <param name="configFolders">The folders of the config files.</param>
    /// <param name="listed">The value of <c>MEESEEKS_PLUGINS</c>: folders, separated by ':'.</param>
    public static IReadOnlyList<string> Folders(IEnumerable<string> configFolders, string? listed) =>
    [
        .. configFolders,
        Path.Combine(AppContext.BaseDirectory, "plugins"),
        .. (listed ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    ];

    /// <summary>Finds a plugin. A file is loaded once, and again when its modification time has changed.</summary>
    /// <param name="plugin">The pool's setting; see <see cref="PluginName.Parse"/>.</param>
    /// <returns>The factory of tasks.</returns>
    public Result<Func<IJobTask>> Find(string plugin)
    {
        var name = PluginName.Parse(plugin);
        if (!name.IsSuccess)
            return new Error(name.Problem);

        var places = folders.Select(folder => Path.GetFullPath(Path.Combine(folder, name.Value.File))).Distinct().ToList();
        var path = places.Find(File.Exists);
        if (path is null)
            return new Error($"plugin '{plugin}': there is no file {string.Join(" or ", places)}");

        var file = Load(path);
        var task = file.IsSuccess ? file.Value.Find(name.Value.Class) : new Error(file.Problem);
        return task.IsSuccess ? task : new Error($"plugin '{plugin}': {task.Problem}");
    }

    private Result<PluginFile> Load(string path)
    {
        var writtenAt = File.GetLastWriteTimeUtc(path);
        lock (_lock)
        {
            if (_loaded.TryGetValue(path, out var loaded) && loaded.WrittenAt == writtenAt)
                return loaded.File;

            var file = PluginFile.Load(path);
            if (file.IsSuccess)
                _loaded[path] = (writtenAt, file.Value);

            return file;
        }
    }
}
