using MeeseeksBox.WatchSimulation.Model;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.WatchSimulation.Folders;

/// <summary>What programs and people do to real files, and to the model of them.</summary>
/// <param name="work">The model.</param>
/// <param name="pathOf">The path of a file.</param>
/// <param name="outside">A folder outside of the watched ones.</param>
internal sealed class FileDeeds(ExpectedWork work, Func<NameState, string> pathOf, string outside) : IDisposable
{
    private readonly List<(SafeFileHandle Handle, Content Content)> _open = [];
    private int _count;

    /// <summary>Opens a file, and writes its first bytes.</summary>
    public void Open(NameState name)
    {
        var isThere = name.Content is not null;
        var content = name.Content ?? new Content();
        var handle = File.OpenHandle(pathOf(name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _open.Add((handle, content));
        content.Writers++;
        _ = content.OpenedAs.Add(name);
        if (!isThere)
            work.Appear(name, content);
        Write(_open.Count - 1);
    }

    /// <summary>Writes into an open file.</summary>
    public void Write(int number)
    {
        if (_open.Count == 0)
            return;
        var (handle, content) = _open[number % _open.Count];
        RandomAccess.Write(handle, "text"u8, RandomAccess.GetLength(handle));
        Change(content);
    }

    /// <summary>Closes an open file.</summary>
    public void Close(int number)
    {
        if (_open.Count == 0)
            return;
        var (handle, content) = _open[number % _open.Count];
        _open.RemoveAt(number % _open.Count);
        handle.Dispose();
        content.Writers--;
        Change(content);
    }

    /// <summary>Closes all open files.</summary>
    public void CloseAll()
    {
        while (_open.Count > 0)
            Close(0);
    }

    /// <summary>Writes a whole file in place.</summary>
    public void Put(NameState name)
    {
        Open(name);
        Close(_open.Count - 1);
    }

    public void ChangeMode(NameState name, int number)
    {
        if (name.Content is null)
            return;
        File.SetUnixFileMode(pathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | (UnixFileMode)(number % 8));
        name.Touched = work.Step;
    }

    public void Touch(NameState name)
    {
        if (name.Content is not { } content)
            return;
        File.SetLastWriteTimeUtc(pathOf(name), TimeProvider.System.GetUtcNow().UtcDateTime);
        Change(content);
    }

    /// <summary>Moves a file to a name.</summary>
    public void MoveIn(NameState name)
    {
        var source = Path.Join(outside, $"{_count++}");
        File.WriteAllText(source, "text");
        File.Move(source, pathOf(name), overwrite: true);
        Take(name, new Content());
    }

    /// <summary>Links a file, which may still be open, to a free name.</summary>
    public void Link(NameState from, NameState to)
    {
        if (from.Content is not { } content || to.Content is not null)
            return;
        _ = HardLink.Of(pathOf(from), pathOf(to));
        work.Appear(to, content);
    }

    public void Rename(NameState from, NameState to)
    {
        // A rename between two names of one file does nothing.
        if (from.Content is not { } content || to.Content == content)
            return;
        File.Move(pathOf(from), pathOf(to), overwrite: true);
        work.Disappear(from);
        if (content.OpenedAs.Remove(from))
            _ = content.OpenedAs.Add(to);
        Take(to, content);
    }

    public void Delete(NameState name)
    {
        if (name.Content is null)
            return;
        File.Delete(pathOf(name));
        work.Disappear(name);
    }

    public void Dispose() => _open.ForEach(open => open.Handle.Dispose());

    private void Take(NameState name, Content content)
    {
        if (name.Content is null)
        {
            work.Appear(name, content);
            return;
        }

        name.Content = content;
        work.Change(name);
    }

    private void Change(Content content)
    {
        foreach (var name in work.Folders.SelectMany(folder => folder.Names).Where(name => name.Content == content))
            work.Change(name);
        foreach (var name in content.OpenedAs.Where(name => name.Content != content))
            work.Disturb(name);
    }
}
