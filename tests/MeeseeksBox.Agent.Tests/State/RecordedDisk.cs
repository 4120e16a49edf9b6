using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using Microsoft.Win32.SafeHandles;

namespace MeeseeksBox.Agent.Tests.State;

/// <summary>Records at each flush what a power cut could leave of a folder, on a disk that keeps only what was flushed.</summary>
/// <remarks>
/// A name or a content that was not flushed may be lost or not, each by itself. Only a rename is whole: it leaves the one name or the
/// other.
/// </remarks>
/// <param name="folder">The folder. Its files are used by one thread at a time.</param>
/// <param name="seed">The seed of what is lost.</param>
internal sealed class RecordedDisk(string folder, int seed) : DiskFlush
{
    private const int Mixtures = 4;

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<FileId, byte[]> _contents = [];
    private Dictionary<string, FileId> _names = [];
    private Func<object?> _promise = () => null;

    /// <summary>What was promised at a cut, and the files with their contents after it.</summary>
    public List<(object? Promise, Dictionary<string, byte[]> Files)> Cuts { get; } = [];

    /// <summary>Gives what was promised at the time of each cut.</summary>
    public Func<object?> Promise
    {
        set => _promise = value;
    }

    public override void Content(SafeFileHandle file)
    {
        lock (_lock)
        {
            var (names, contents) = Look(file);
            Cut(names, contents);
            var flushed = IdOf(PathOf(file));
            _contents[flushed] = contents[flushed];
        }
    }

    public override void NameOf(string path)
    {
        lock (_lock)
        {
            var (names, contents) = Look(null);
            Cut(names, contents);
            if (Path.GetDirectoryName(path) == folder)
                _names = names;
        }
    }

    /// <summary>Records a cut now.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            var (names, contents) = Look(null);
            Cut(names, contents);
        }
    }

    private static string PathOf(SafeFileHandle file) => new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget!;

    private static FileId IdOf(string path) => FileKind.FactsOf(path)!.Value.Id;

    private void Cut(Dictionary<string, FileId> names, Dictionary<FileId, byte[]> contents)
    {
        Cuts.Add((_promise(), Mix(names, contents, () => false)));
        Cuts.Add((_promise(), Mix(names, contents, () => true)));
        for (var number = 0; number < Mixtures; number++)
            Cuts.Add((_promise(), Mix(names, contents, () => _random.Next(2) is 0)));
    }

    private Dictionary<string, byte[]> Mix(Dictionary<string, FileId> names, Dictionary<FileId, byte[]> contents, Func<bool> isKept)
    {
        var result = new Dictionary<string, byte[]>();
        var kept = contents.Keys.Union(_contents.Keys).ToDictionary(
            id => id, id => Kept(_contents.GetValueOrDefault(id, []), contents.GetValueOrDefault(id), isKept));
        var moved = names.Values.Concat(_names.Values).Distinct().ToDictionary(id => id, _ => isKept());
        foreach (var name in names.Keys.Union(_names.Keys))
        {
            var (before, now) = (_names.TryGetValue(name, out var old), names.TryGetValue(name, out var current));
            var isRenamed = before && !now && names.ContainsValue(old);
            var isTarget = now && !names.Where(other => other.Key != name).Any(other => other.Value == current)
                && _names.Any(other => other.Key != name && other.Value == current);
            var isNew = isRenamed ? moved[old] : isTarget ? moved[current] : isKept();
            if (isNew ? now : before)
                result[name] = kept[isNew ? current : old];
        }

        return result;
    }

    // Of what was appended, a part may be on disk.
    private byte[] Kept(byte[] flushed, byte[]? now, Func<bool> isKept)
    {
        if (now is null || !isKept())
            return flushed;

        return now.AsSpan().StartsWith(flushed) && !isKept() ? now[.._random.Next(flushed.Length, now.Length + 1)] : now;
    }

    // Another program may not read a file that the box has locked for itself, so the one that is flushed is read by its handle.
    private (Dictionary<string, FileId> Names, Dictionary<FileId, byte[]> Contents) Look(SafeFileHandle? flushed)
    {
        var open = flushed is null ? null : PathOf(flushed);
        var (names, contents) = (new Dictionary<string, FileId>(), new Dictionary<FileId, byte[]>());
        foreach (var path in Directory.GetFiles(folder).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var id = IdOf(path);
            names[Path.GetFileName(path)] = id;
            contents[id] = path == open ? Read(flushed!) : File.ReadAllBytes(path);
        }

        return (names, contents);
    }

    private static byte[] Read(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        _ = RandomAccess.Read(file, bytes, 0);
        return bytes;
    }
}
