using System.Reflection;
using System.Runtime.Loader;
using MeeseeksBox.Plugins;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>Where the assemblies of one plugin live, so that two plugins may bring different versions of the same library.</summary>
/// <remarks>Collectible: it goes away when nothing of the plugin is in use any more.</remarks>
internal sealed class PluginContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file), isCollectible: true)
{
    private static readonly string? Shared = typeof(IJobTask).Assembly.GetName().Name;

    private readonly AssemblyDependencyResolver _dependencies = new(file);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // A copy of its own would have an IJobTask that is not the box's.
        if (assemblyName.Name == Shared)
            return null;

        return _dependencies.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
