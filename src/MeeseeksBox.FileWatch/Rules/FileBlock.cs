namespace MeeseeksBox.FileWatch.Rules;

/// <summary>A part of a <see cref="SortedFileList"/>.</summary>
/// <param name="capacity">The number of files for which there is room at first.</param>
internal sealed class FileBlock(int capacity)
{
    private readonly List<WatchedFile> _files = new(capacity);
    private readonly List<int> _finishedByList = [];
    private int _finished;

    /// <summary>The number of files.</summary>
    public int Count => _files.Count;

    /// <summary>The files.</summary>
    public IReadOnlyList<WatchedFile> Files => _files;

    /// <summary>Whether it has no unfinished files.</summary>
    public bool IsFinished => _finished == _files.Count;

    /// <summary>The number of files that are finished in each list.</summary>
    public IReadOnlyList<int> FinishedByList => _finishedByList;

    /// <summary>A file.</summary>
    public WatchedFile this[int place]
    {
        get => _files[place];
        set
        {
            AddCount(_files[place], -1);
            _files[place] = value;
            AddCount(value, 1);
        }
    }

    /// <summary>The place of a name; the complement of where it belongs when it is not there.</summary>
    public int Find(string name) => _files.BinarySearch(new WatchedFile(name), SortedFileList.ByName);

    /// <summary>Inserts a file.</summary>
    public void Insert(int place, WatchedFile file)
    {
        _files.Insert(place, file);
        AddCount(file, 1);
    }

    /// <summary>Removes a file.</summary>
    public void RemoveAt(int place)
    {
        AddCount(_files[place], -1);
        _files.RemoveAt(place);
    }

    /// <summary>Moves its second half into a new block.</summary>
    public FileBlock Split()
    {
        var middle = _files.Count / 2;
        var other = new FileBlock(_files.Count - middle);
        for (var place = middle; place < _files.Count; place++)
        {
            other.Insert(other.Count, _files[place]);
            AddCount(_files[place], -1);
        }

        _files.RemoveRange(middle, _files.Count - middle);
        return other;
    }

    private void AddCount(WatchedFile file, int change)
    {
        if (file.FinishedInList is not { } list)
            return;
        _finished += change;
        while (_finishedByList.Count <= list)
            _finishedByList.Add(0);

        // A file that belongs to no list takes no place.
        if (list >= 0)
            _finishedByList[list] += change;
    }
}
