namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>A folder of its own for the files of one test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("meeseeks-box-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
