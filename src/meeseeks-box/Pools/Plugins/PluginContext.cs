using System.Reflection;
using System.Runtime.Loader;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>The load context of one plugin.</summary>
/// <remarks>
/// Two plugins may bring different versions of the same library. The context is collectible: the runtime unloads it when no code or
/// object of the plugin is in use.
/// </remarks>
internal sealed class PluginContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file), isCollectible: true)
{
    private static readonly string? Shared = typeof(IJobTask).Assembly.GetName().Name;

    private readonly AssemblyDependencyResolver _dependencies = new(file);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The IJobTask of a second copy would be another type than the IJobTask of the box.
        if (assemblyName.Name == Shared)
            return null;

        return _dependencies.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
