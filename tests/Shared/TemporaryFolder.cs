namespace MeeseeksBox.Testing;

/// <summary>A new folder that goes away with all that is in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meeseeks-test-");

    /// <summary>Its full path.</summary>
    public string Path => _folder.FullName;

    /// <summary>The full path of a file in it, which need not be there.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Writes a file that may be executed.</summary>
    /// <returns>Its full path.</returns>
    public string WriteProgram(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return File(name);
    }

    /// <summary>Makes a folder in it.</summary>
    /// <returns>Its full path.</returns>
    public string Folder(string name) => Directory.CreateDirectory(File(name)).FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
