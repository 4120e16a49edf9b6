using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Pools;

/// <summary>A box with a pool for each bad plugin, with its name and one slot, and a pool of processes.</summary>
public sealed class BadPluginsBox()
    : BoxFixture(["pools.p=", .. Plugins.SelectMany(name => new[] { Plugin(name, name), $"pools.{name}.slots=1" })])
{
    private static readonly string Library = Path.Combine(BuildOutput.Of("tests/BadPlugins"), "BadPlugins.dll");

    private static readonly string[] Plugins =
        ["Throwing", "ThrowingLater", "ThrowingWhenMade", "Meddling", "Nothing", "ThrowingAtKill", "Deaf", "ThrowingAside", "Leaking"];

    /// <summary>The word that sets the plugin of a pool.</summary>
    public static string Plugin(string pool, string name) => $"pools.{pool}.plugin={Library}:BadPlugins.{name}";
}
