using System.Text;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Testing;
using MeeseeksBox.WatchAgent.Folders;
using Microsoft.Extensions.Time.Testing;

namespace MeeseeksBox.FileWatch.Tests.Folders;

/// <summary>A folder whose files keep their results in attributes. The test is skipped where the file system has none.</summary>
internal sealed class AttributeFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes an empty folder.</summary>
    public AttributeFolder()
    {
        var isSupported = ExtendedAttributes.AreSupported(_folder.Path);
        if (!isSupported)
            _folder.Dispose();
        Assert.SkipUnless(isSupported, "the file system of the temporary folder has no attributes of users");
    }

    /// <summary>Its path.</summary>
    public string Path => _folder.Path;

    /// <summary>A clock that is ahead, so that the files have not changed lately.</summary>
    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow.AddMinutes(1));

    /// <summary>The names in it.</summary>
    public IEnumerable<string?> Names => Directory.GetFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Order();

    /// <summary>The settings of a watch <c>w</c>.</summary>
    /// <param name="json">More keys, as for <see cref="Some.Watch"/>.</param>
    public WatchSettings Settings(string json = "") =>
        Some.Watch("'status':'xattr'" + (json.Length == 0 ? "" : "," + json)) with { Path = Path };

    /// <summary>The account of a watch.</summary>
    public StatusAccount Account(string json = "") => StatusAccount.Of(Settings(json), () => Path);

    /// <summary>An index that has read the folder.</summary>
    public FolderIndex Index(string json = "")
    {
        var index = new FolderIndex(Settings(json), new OpenFileTracker(Path, _ => Writers.None, Time), Time);
        _ = index.Read();
        return index;
    }

    /// <summary>The full path of a file.</summary>
    public string At(string name) => _folder.File(name);

    /// <summary>Writes a file.</summary>
    public string Write(string name, string text = "x") => _folder.Write(name, text);

    /// <summary>Makes a folder in it.</summary>
    public string Folder(string name) => _folder.Folder(name);

    /// <summary>Sets an attribute.</summary>
    public void Set(string file, string name, string value) =>
        ExtendedAttributes.TrySet(At(file), name, Encoding.UTF8.GetBytes(value)).Should().Be(0);

    /// <summary>The value of an attribute; null when there is none.</summary>
    public string? Get(string file, string name) =>
        ExtendedAttributes.ValueOf(At(file), name) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>The names of the attributes of a file, in order.</summary>
    public IEnumerable<string> AttributesOf(string file) => ExtendedAttributes.NamesOf(At(file), "user."u8).Order(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
