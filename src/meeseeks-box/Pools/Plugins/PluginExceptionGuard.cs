using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using Serilog;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>Handles unhandled exceptions: logs those of plugins, and lets those of the box end it.</summary>
/// <remarks>
/// Plugins may throw on threads of their own, in a timer or in an <c>async void</c> method, which would end the box. After an unhandled
/// exception of its own, the state of the box cannot be trusted.
/// </remarks>
internal static class PluginExceptionGuard
{
    /// <summary>Installs the handler; call it once in a process.</summary>
    public static void Install(ILogger log) => ExceptionHandling.SetUnhandledExceptionHandler(problem =>
    {
        var plugin = PluginOf(problem);
        if (plugin is null)
        {
            log.Fatal(problem, "unhandled exception: internal error; please report it");
            return false;
        }

        log.Error(problem, "unhandled exception on a background thread of plugin {Plugin}", plugin);
        return true;
    });

    /// <summary>The plugin on the stack of an exception; null when there is none.</summary>
    public static string? PluginOf(Exception problem) => new StackTrace(problem).GetFrames()
        .Select(frame => frame.GetMethod()?.Module.Assembly)
        .OfType<Assembly>()
        .FirstOrDefault(assembly => AssemblyLoadContext.GetLoadContext(assembly) is { } context && context != AssemblyLoadContext.Default)
        ?.GetName().Name;
}
