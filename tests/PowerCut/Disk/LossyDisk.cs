namespace MeeseeksBox.PowerCut.Disk;

/// <summary>A folder on a disk that may lose whatever was not flushed, each name and each write by itself.</summary>
/// <param name="root">The folder, which is on disk.</param>
internal sealed class LossyDisk(string root)
{
    private readonly RecordedFolder _root = new();
    private readonly List<NameChange> _pending = [];

    /// <summary>Whether a path is on this disk.</summary>
    public bool Has(string path) => path == root || path.StartsWith(root + "/", StringComparison.Ordinal);

    /// <summary>What has a name at present; null for nothing.</summary>
    public Inode? Find(string path) => path == root ? _root
        : FolderOf(path) is { } folder ? folder.Present.GetValueOrDefault(Path.GetFileName(path))
        : null;

    /// <summary>The full path of a name in the innermost folder that has it; null when none has it.</summary>
    public string? Search(string name) => Search(_root, root, name);

    /// <summary>Gives names to files and folders, and takes names from them.</summary>
    /// <param name="edits">The full paths, and what has the name then; null for nothing.</param>
    public void Rename(params (string Path, Inode? Inode)[] edits)
    {
        var change = new NameChange(
        [
            .. edits.Select(edit => (FolderOf(edit.Path) ?? throw new InvalidDataException($"no folder: {edit.Path}"),
                Path.GetFileName(edit.Path), edit.Inode)),
        ]);
        change.On(folder => folder.Present);
        _pending.Add(change);
    }

    /// <summary>The changes of names in a folder that are not on disk.</summary>
    public IReadOnlyList<NameChange> PendingIn(RecordedFolder folder) =>
        [.. _pending.Where(change => change.Edits.Any(edit => edit.Folder == folder))];

    /// <summary>Ends a flush of the changes that were there at its begin.</summary>
    public void Flush(IReadOnlyList<NameChange> changes)
    {
        foreach (var change in changes.Where(_pending.Remove))
            change.On(folder => folder.OnDisk);
    }

    /// <summary>All kinds of what a power cut now may leave.</summary>
    public IEnumerable<Remains> Cut(Random random)
    {
        var none = _pending.Select(change => change.IsScratch && random.Next(2) is 0).ToArray();
        var all = _pending.Select(change => !change.IsScratch || random.Next(2) is 0).ToArray();
        yield return Remain([.. all.Select(_ => true)], DataLoss.None, random);
        foreach (var loss in Enum.GetValues<DataLoss>())
        {
            yield return Remain(none, loss, random);
            yield return Remain(all, loss, random);
        }

        // Names reach the disk in their order, or one before all others, or one after them.
        for (var index = 0; index < _pending.Count; index++)
        {
            if (_pending[index].IsScratch)
                continue;

            var (beginning, single, others) = ((bool[])none.Clone(), (bool[])none.Clone(), (bool[])all.Clone());
            beginning.AsSpan(0, index).Fill(true);
            (single[index], others[index]) = (true, false);
            foreach (var names in new[] { beginning, single, others })
            {
                yield return Remain(names, DataLoss.All, random);
                yield return Remain(names, DataLoss.None, random);
                yield return Remain(names, DataLoss.Torn, random);
            }
        }
    }

    private Remains Remain(bool[] isOnDisk, DataLoss loss, Random random)
    {
        var names = new Dictionary<RecordedFolder, Dictionary<string, Inode>>();
        for (var index = 0; index < isOnDisk.Length; index++)
        {
            if (isOnDisk[index])
                _pending[index].On(NamesOf);
        }

        var contents = new Dictionary<RecordedFile, byte[]>();
        var files = new SortedDictionary<string, byte[]?>(StringComparer.Ordinal);
        Add(_root, "");
        return new Remains(files, loss, loss is DataLoss.None && isOnDisk.All(isKept => isKept));

        Dictionary<string, Inode> NamesOf(RecordedFolder folder) =>
            names.TryGetValue(folder, out var known) ? known : names[folder] = new(folder.OnDisk, StringComparer.Ordinal);

        void Add(RecordedFolder folder, string path)
        {
            foreach (var (name, inode) in NamesOf(folder))
            {
                if (inode is RecordedFolder below)
                {
                    files[path + name] = null;
                    Add(below, $"{path}{name}/");
                }
                else if (inode is RecordedFile file)
                {
                    files[path + name] = contents.TryGetValue(file, out var known) ? known : contents[file] = file.After(loss, random);
                }
            }
        }
    }

    private RecordedFolder? FolderOf(string path) => Find(Path.GetDirectoryName(path)!) as RecordedFolder;

    private static string? Search(RecordedFolder folder, string path, string name) => folder.Present
        .Where(below => below.Value is RecordedFolder)
        .Select(below => Search((RecordedFolder)below.Value, $"{path}/{below.Key}", name))
        .FirstOrDefault(found => found is not null)
            ?? (folder.Present.ContainsKey(name) ? $"{path}/{name}" : null);
}
