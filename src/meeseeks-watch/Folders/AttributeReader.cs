using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Reads the attributes with the results of a watch. A file whose ctime is known is not read again.</summary>
/// <param name="settings">The watch.</param>
/// <param name="time">The source of the time; null to read each file each time.</param>
internal sealed class AttributeReader(WatchSettings settings, TimeProvider? time)
{
    // The times of the original are numbers of 53 bits.
    private const long Inaccuracy = 5;

    // Two changes of a file may have the same ctime, that of the last tick of the system.
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly AttributeName _names = new(settings.Name);
    private readonly StatusName _fileNames = new(settings.Name);
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(new AttributeName(settings.Name).Prefix);

    // What the files had at the last read, and the ctime of that.
    private Dictionary<FileId, (long ChangeTime, AttributeResult[] Results)> _known = [];
    private Dictionary<FileId, (long ChangeTime, AttributeResult[] Results)> _knownBefore = [];
    private AttributeResult[] _last = [];

    /// <summary>How many files were read, because they were not known.</summary>
    public int Reads { get; private set; }

    /// <summary>Begins a read of the whole folder, after which files that are gone are forgotten.</summary>
    public void BeginScan() => (_knownBefore, _known) = (_known, []);

    /// <summary>The results of a file, each under the name that its status file would have.</summary>
    /// <param name="folder">The watched folder.</param>
    /// <param name="file">The file.</param>
    /// <param name="isFresh">Whether what is known from a read before does not count.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IEnumerable<FolderEntry> EntriesOf(string folder, string file, bool isFresh)
    {
        var path = Path.Join(folder, file);
        if (FileKind.FactsOf(path) is not { Kind: FileKind.Regular } facts)
            return [];
        var results = isFresh ? null : KnownOf(facts);
        if (results is null)
        {
            results = Read(path, facts);
            if (time is not null && FileTime.Of(time.GetUtcNow()) - facts.ChangeTime > LongestTick.Ticks)
                _known[facts.Id] = (facts.ChangeTime, results);
        }

        return results.Select(one => new FolderEntry(_fileNames.Of(new WorkKey(one.Index, file), one.State), one.Time, IsFolder: false));
    }

    /// <summary>The value of an attribute; null when there is none.</summary>
    /// <remarks>One that may not be read is empty: its name alone tells the result.</remarks>
    public byte[]? ValueOf(string path, int index, StatusState state)
    {
        try
        {
            return ExtendedAttributes.ValueOf(path, _names.Of(index, state));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private AttributeResult[]? KnownOf(FileFacts facts)
    {
        if (!_known.TryGetValue(facts.Id, out var known))
        {
            if (!_knownBefore.TryGetValue(facts.Id, out known))
                return null;
            _known[facts.Id] = known;
        }

        return known.ChangeTime == facts.ChangeTime ? known.Results : null;
    }

    private AttributeResult[] Read(string path, FileFacts facts)
    {
        Reads++;
        var results = new List<AttributeResult>();
        foreach (var name in ExtendedAttributes.NamesOf(path, _prefix))
        {
            if (_names.TryParse(name, out var index, out var state) && index < settings.Jobs.Count)
                results.Add(new AttributeResult(index, state, TimeOf(path, index, state, facts)));
        }

        // Most files of a folder have the same.
        if (!_last.SequenceEqual(results))
            _last = [.. results];
        return _last;
    }

    // Only times that a rule needs are read.
    private long TimeOf(string path, int index, StatusState state, FileFacts facts)
    {
        if (state is StatusState.Failed)
            return AttributeText.TimeOf(ValueOf(path, index, state) ?? []) ?? facts.ChangeTime;
        if (state is not StatusState.Mtime || !settings.IsUpdated)
            return 0;
        var value = ValueOf(path, index, state) ?? [];
        var written = FileTime.Parse(value) ?? facts.WriteTime;
        var isExact = value.AsSpan().EndsWith("\n"u8);
        return !isExact && Math.Abs(written - facts.WriteTime) <= Inaccuracy ? facts.WriteTime : written;
    }

    private readonly record struct AttributeResult(int Index, StatusState State, long Time);
}
