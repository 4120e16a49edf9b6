namespace MeeseeksBox.Testing;

/// <summary>A new folder, deleted with its content on dispose.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const int MostAttempts = 10;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meeseeks-test-");

    /// <summary>The full path.</summary>
    public string Path => _folder.FullName;

    /// <summary>The full path of a file in the folder, which need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file.</summary>
    /// <returns>The full path.</returns>
    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Writes an executable file.</summary>
    /// <returns>The full path.</returns>
    public string WriteProgram(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return File(name);
    }

    /// <summary>Creates a folder in the folder.</summary>
    /// <returns>The full path.</returns>
    public string Folder(string name) => Directory.CreateDirectory(File(name)).FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _folder.Delete(recursive: true);
                return;
            }
            catch (IOException) when (attempt < MostAttempts && _folder.Exists)
            {
                // A process that ends deletes its files, too.
            }
        }
    }
}
