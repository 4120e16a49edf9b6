using MeeseeksBox.Foundation;

namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>The <c>plugin</c> setting of a pool: a file and a class in it.</summary>
/// <param name="File">Path of the file, which may be relative.</param>
/// <param name="Class">Name of the class, with or without its namespace.</param>
internal sealed record PluginName(string File, string Class)
{
    private const string Extension = ".dll";

    /// <summary>Parses <c>path.module.Class</c> or <c>path/to/file.dll:Full.Class.Name</c>.</summary>
    /// <remarks>The first form means class <c>Class</c> of <c>path/module.dll</c>.</remarks>
    public static Result<PluginName> Parse(string text)
    {
        var colon = text.IndexOf(Extension + ":", StringComparison.OrdinalIgnoreCase);
        var name = colon >= 0
            ? new PluginName(text[..(colon + Extension.Length)], text[(colon + Extension.Length + 1)..])
            : FromDots(text, text.LastIndexOf('.'));
        return name.File.Length > Extension.Length && name.Class.Length > 0
            ? name
            : new Error($"plugin '{text}' names no class in a file; expected path.module.Class or path/to/file.dll:Full.Class.Name");
    }

    private static PluginName FromDots(string text, int dot) =>
        dot < 0 ? new PluginName("", text) : new PluginName(text[..dot].Replace('.', '/') + Extension, text[(dot + 1)..]);
}
