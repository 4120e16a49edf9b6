using System.Reflection;
using System.Runtime.CompilerServices;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent;

/// <summary>Code that runs before <c>Main</c>.</summary>
/// <remarks>The compilation of <c>Main</c> loads libraries, which fails when few descriptors are allowed.</remarks>
internal static class WatcherStartup
{
    [ModuleInitializer]
    internal static void Prepare()
    {
        // A test may load the assembly.
        if (Assembly.GetEntryAssembly() == typeof(WatcherStartup).Assembly)
            InheritedState.Prepare("meeseeks-watch");
    }
}
