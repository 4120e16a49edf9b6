namespace MeeseeksBox.PowerCut.Disk;

/// <summary>The content of a file that is on disk, and the writes after it.</summary>
internal sealed class RecordedFile : Inode
{
    private readonly List<FileWrite> _pending = [];
    private byte[] _onDisk = [];

    /// <summary>The writes that are not on disk.</summary>
    public IReadOnlyList<FileWrite> Pending => _pending;

    /// <summary>Adds a write, or a change of the length.</summary>
    public void Add(FileWrite write) => _pending.Add(write);

    /// <summary>Ends a flush of the writes that were there at its begin.</summary>
    public void Flush(IReadOnlyList<FileWrite> writes)
    {
        foreach (var write in writes.Where(_pending.Remove))
            _onDisk = write.On(_onDisk);
    }

    /// <summary>What a power cut leaves of it.</summary>
    /// <param name="loss">What is lost.</param>
    /// <param name="random">The source of chance.</param>
    public byte[] After(DataLoss loss, Random random)
    {
        var content = _onDisk;
        var whole = loss is DataLoss.Torn ? random.Next(_pending.Count + 1) : _pending.Count;
        for (var index = 0; index < _pending.Count; index++)
        {
            var write = _pending[index];
            content = loss switch
            {
                DataLoss.None => write.On(content),
                DataLoss.Zeros => write.Zeroed().On(content),
                DataLoss.Torn when index < whole => write.On(content),
                DataLoss.Torn when index == whole => write.Torn(random).On(content),
                DataLoss.Scattered when random.Next(2) is 0 => write.On(content),
                _ => content,
            };
        }

        return content;
    }
}
