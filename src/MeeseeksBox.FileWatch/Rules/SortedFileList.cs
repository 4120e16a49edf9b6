using System.Collections;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Files in <see cref="ByteOrder"/>, in blocks that know how many of their files are finished.</summary>
/// <remarks>A change costs the move of one block. A plan passes over the blocks without unfinished files.</remarks>
public sealed class SortedFileList : IReadOnlyList<WatchedFile>
{
    /// <summary>The order of files by their names.</summary>
    public static readonly Comparer<WatchedFile> ByName =
        Comparer<WatchedFile>.Create((x, y) => ByteOrder.Instance.Compare(x.Name, y.Name));

    private readonly int _blockSize;
    private readonly List<FileBlock> _blocks = [];

    // The position of the first file of each block; null after a change.
    private int[]? _starts;

    /// <summary>Makes a list.</summary>
    /// <param name="sorted">The files, in order, which is not verified.</param>
    /// <param name="blockSize">The number of files in a block at first; half the number at which it is split.</param>
    public SortedFileList(IReadOnlyList<WatchedFile> sorted, int blockSize = 512)
    {
        _blockSize = blockSize;
        for (var start = 0; start < sorted.Count; start += blockSize)
        {
            var block = new FileBlock(Math.Min(blockSize, sorted.Count - start));
            for (var i = start; i < Math.Min(start + blockSize, sorted.Count); i++)
                block.Insert(block.Count, sorted[i]);
            _blocks.Add(block);
        }

        Count = sorted.Count;
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public WatchedFile this[int index]
    {
        get
        {
            var (block, place) = At(index);
            return block[place];
        }
    }

    /// <summary>Whether a file is in the list.</summary>
    public bool Contains(string name) => TryGet(name, out _);

    /// <summary>Finds a file.</summary>
    public bool TryGet(string name, out WatchedFile file)
    {
        var (number, place) = Find(name);
        file = place >= 0 ? _blocks[number][place] : default;
        return place >= 0;
    }

    /// <summary>Adds a file, or replaces the one of its name.</summary>
    /// <returns>True when it is new.</returns>
    public bool Put(WatchedFile file)
    {
        var (number, place) = Find(file.Name);
        if (place >= 0)
        {
            _blocks[number][place] = file;
            return false;
        }

        if (_blocks.Count == 0)
            _blocks.Add(new FileBlock(1));
        _blocks[number].Insert(~place, file);
        if (_blocks[number].Count > 2 * _blockSize)
            _blocks.Insert(number + 1, _blocks[number].Split());
        (_starts, Count) = (null, Count + 1);
        return true;
    }

    /// <summary>Removes a file.</summary>
    /// <returns>Whether it was in the list.</returns>
    public bool Remove(string name)
    {
        var (number, place) = Find(name);
        if (place < 0)
            return false;
        _blocks[number].RemoveAt(place);
        if (_blocks[number].Count == 0)
            _blocks.RemoveAt(number);
        (_starts, Count) = (null, Count - 1);
        return true;
    }

    /// <summary>Replaces a file of the list by one with the same name.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="file">The file.</param>
    public void ReplaceAt(int position, WatchedFile file)
    {
        var (block, place) = At(position);
        block[place] = file;
    }

    /// <summary>The files in a folder, in order.</summary>
    /// <param name="folder">Its path, relative to the watched folder, which is empty.</param>
    public IEnumerable<WatchedFile> Within(string folder)
    {
        if (_blocks.Count == 0)
            yield break;
        var (number, place) = Find(folder.Length == 0 ? folder : folder + "/");
        for (place = place < 0 ? ~place : place; number < _blocks.Count; (number, place) = (number + 1, 0))
        {
            for (; place < _blocks[number].Count; place++)
            {
                if (!RelativePath.IsWithin(_blocks[number][place].Name, folder))
                    yield break;
                yield return _blocks[number][place];
            }
        }
    }

    /// <summary>The files with their positions.</summary>
    /// <param name="isReversed">Whether the last file is the first.</param>
    /// <param name="isPassed">
    /// Decides whether a block without unfinished files is passed over, by the number of its files that are finished in each list.
    /// </param>
    public IEnumerable<(int Position, WatchedFile File)> Walk(bool isReversed, Predicate<IReadOnlyList<int>> isPassed)
    {
        var starts = Starts();
        for (var i = 0; i < _blocks.Count; i++)
        {
            var number = isReversed ? _blocks.Count - 1 - i : i;
            var block = _blocks[number];
            if (block.IsFinished && isPassed(block.FinishedByList))
                continue;
            for (var j = 0; j < block.Count; j++)
            {
                var place = isReversed ? block.Count - 1 - j : j;
                yield return (starts[number] + place, block[place]);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerator<WatchedFile> GetEnumerator() => _blocks.SelectMany(block => block.Files).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The block of a name, and its place there; the complement of where it belongs when it is not there.
    private (int Block, int Place) Find(string name)
    {
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = ByteOrder.Instance.Compare(_blocks[middle][0].Name, name) <= 0 ? (middle, high) : (low, middle - 1);
        }

        return (low, _blocks.Count == 0 ? ~0 : _blocks[low].Find(name));
    }

    private (FileBlock Block, int Place) At(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)Count, nameof(position));
        var starts = Starts();
        var number = Array.BinarySearch(starts, position);
        number = number < 0 ? ~number - 1 : number;
        return (_blocks[number], position - starts[number]);
    }

    private int[] Starts()
    {
        if (_starts is { } known)
            return known;
        var starts = new int[_blocks.Count];
        for (var i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + _blocks[i - 1].Count;
        return _starts = starts;
    }
}
