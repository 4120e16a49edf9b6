using MeeseeksBox.Configuration;

namespace MeeseeksBox.Protocol.Tests.Configuration;

/// <summary>A temporary folder for the config files of one test.</summary>
internal sealed class ConfigFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("meeseeks-config-").FullName;

    public ConfigDiagnostics Findings { get; } = new();

    public string File(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string Read(params string[] arguments) => ConfigJson.Compact(ConfigTree.Read(arguments, Findings));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
