using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using Serilog;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>
/// What plugins throw on threads of their own, where nobody catches it (a thread, a timer, an <c>async void</c>): it would end the box, and is
/// only said instead. The same from the box itself ends it, because its state cannot be trusted then.
/// </summary>
internal static class PluginExceptionGuard
{
    /// <summary>Bears them from now on; once in a process.</summary>
    public static void Install(ILogger log) => ExceptionHandling.SetUnhandledExceptionHandler(problem =>
    {
        var plugin = PluginOf(problem);
        if (plugin is null)
        {
            log.Fatal(problem, "the box ends because of a fault in this program; please report it");
            return false;
        }

        log.Error(problem, "plugin {Plugin} threw where nobody waits for it; whatever it was about is not done", plugin);
        return true;
    });

    /// <summary>The plugin in whose code something was thrown, or that has called what threw; null when it is none's.</summary>
    public static string? PluginOf(Exception problem) => new StackTrace(problem).GetFrames()
        .Select(frame => frame.GetMethod()?.Module.Assembly)
        .OfType<Assembly>()
        .FirstOrDefault(assembly => AssemblyLoadContext.GetLoadContext(assembly) is { } context && context != AssemblyLoadContext.Default)
        ?.GetName().Name;
}
