namespace MeeseeksBox.Agent.Pools.Plugins;

/// <summary>What a pool's <c>plugin</c> setting says: a file, and a class in it.</summary>
/// <param name="File">The file, as a path that may be relative.</param>
/// <param name="Class">The class, with or without its namespace.</param>
internal sealed record PluginName(string File, string Class)
{
    private const string Extension = ".dll";

    /// <summary>Reads <c>path.module.Class</c> (class <c>Class</c> of <c>path/module.dll</c>) or <c>path/to/file.dll:Full.Class.Name</c>.</summary>
    public static Result<PluginName> Parse(string text)
    {
        var colon = text.IndexOf(Extension + ":", StringComparison.OrdinalIgnoreCase);
        var name = colon >= 0
            ? new PluginName(text[..(colon + Extension.Length)], text[(colon + Extension.Length + 1)..])
            : FromDots(text, text.LastIndexOf('.'));
        return name.File.Length > Extension.Length && name.Class.Length > 0
            ? name
            : new Error($"plugin '{text}' names no class in a file: wanted is path.module.Class or path/to/file.dll:Full.Class.Name");
    }

    private static PluginName FromDots(string text, int dot) =>
        dot < 0 ? new PluginName("", text) : new PluginName(text[..dot].Replace('.', '/') + Extension, text[(dot + 1)..]);
}
