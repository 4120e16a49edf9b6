using System.Text;
using System.Text.RegularExpressions;
using MeeseeksBox.PowerCut.Disk;
using MeeseeksBox.PowerCut.Recording;

namespace MeeseeksBox.PowerCut.Checks;

/// <summary>Plays recorded system calls on a disk that loses what was not flushed, and cuts the power at each of them.</summary>
/// <param name="root">The recorded folder.</param>
/// <param name="seed">The seed of what is lost.</param>
/// <param name="isLeftOut">Tells of the flush of a file or a folder whether it is left out, as if the box did not do it.</param>
internal sealed partial class Replay(string root, int seed, Func<string, bool> isLeftOut)
{
    private const int ReadOnly = 0;

    private readonly LossyDisk _disk = new(root);
    private readonly Random _random = new(seed);
    private readonly Dictionary<int, Action> _flushes = [];
    private readonly Dictionary<string, byte[]> _sent = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>What was promised.</summary>
    public Promises Promises { get; } = new();

    /// <summary>Number of cuts.</summary>
    public int Cuts { get; private set; }

    /// <summary>Number of flushes.</summary>
    public int Flushes { get; private set; }

    /// <summary>The names of all flushes that <c>isLeftOut</c> was asked about.</summary>
    public HashSet<string> FlushNames { get; } = [];

    /// <summary>Plays all calls.</summary>
    /// <param name="calls">The calls.</param>
    /// <returns>Each different remainder of the disk after a cut, with what the cut was before or after.</returns>
    public IEnumerable<(string Moment, Remains Remains)> Play(IEnumerable<SystemCall> calls)
    {
        foreach (var call in calls)
        {
            // The power may fail before the call, or after it.
            if (call.IsBegin && Begin(call) is { } before)
            {
                foreach (var remains in Cut())
                    yield return ($"before {before}", remains);
            }

            if (call.Result is not null && End(call) is { } after)
            {
                foreach (var remains in Cut())
                    yield return ($"after {after}", remains);
            }
        }
    }

    private IEnumerable<Remains> Cut()
    {
        Cuts++;
        foreach (var remains in _disk.Cut(_random))
        {
            // The same remainder breaks no more until there are further promises.
            if (_seen.Add($"{Promises.Count} {remains.IsAll} {remains.Loss is DataLoss.Zeros or DataLoss.Scattered} {remains.Digest}"))
                yield return remains;
        }
    }

    private string? Begin(SystemCall call)
    {
        switch (call.Name)
        {
            case "fsync" or "fdatasync" when DiskPath(call) is { } path:
                return BeginFlush(call.Thread, path);
            case "sync" or "syncfs" or "sync_file_range":
                throw new InvalidDataException($"a flush of another kind: {call.Name}");
            case "sendto" or "sendmsg" or "write" or "writev" when Socket(call) is { } socket:
                return Promise([.. Sent(socket), .. BytesOf(call)]) ? "an answer" : null;
            default:
                return null;
        }
    }

    private string? End(SystemCall call)
    {
        if (!call.HasSucceeded)
        {
            _ = _flushes.Remove(call.Thread);
            return null;
        }

        switch (call.Name)
        {
            case "fsync" or "fdatasync" when _flushes.Remove(call.Thread, out var flush):
                flush();
                return "a flush";
            case "sendto" or "sendmsg" or "write" or "writev" when Socket(call) is { } socket:
                Send(socket, BytesOf(call).AsSpan(0, (int)call.Result!));
                return null;
            case "openat" or "open" or "creat":
                return Open(call);
            case "pwrite64" when DiskPath(call) is { } path:
                Write(path, new FileWrite(NumberOf(call, 3), StraceLog.Bytes(call.Arguments[1])[..(int)call.Result!]));
                return null;
            case "ftruncate" when DiskPath(call) is { } path:
                Write(path, new FileWrite(NumberOf(call, 1), null));
                return $"ftruncate of {path}";
            case "rename" or "renameat" or "renameat2" or "link" or "linkat" or "unlink" or "unlinkat" or "mkdir" or "mkdirat" or "rmdir":
                return Rename(call);
            default:
                Reject(call);
                return null;
        }
    }

    private string BeginFlush(int thread, string path)
    {
        if (_disk.Find(path) is RecordedFolder folder)
        {
            var changes = _disk.PendingIn(folder);
            if (!IsLeftOut($"{NameOf(path)}/ ({string.Join("; ", changes.Select(change => General(change.Text)).Distinct())})"))
                _flushes[thread] = () => _disk.Flush(changes);
        }
        else if (_disk.Find(path) is RecordedFile file)
        {
            var writes = file.Pending.ToList();
            if (!IsLeftOut(General(NameOf(path))))
                _flushes[thread] = () => file.Flush(writes);
        }

        Flushes++;
        return $"a flush of {path}";
    }

    private bool IsLeftOut(string name)
    {
        _ = FlushNames.Add(name);
        return isLeftOut(name);
    }

    private string NameOf(string path) => path == root ? "" : path[(root.Length + 1)..];

    // Without the ids of runs and runners.
    private static string General(string name) => Ids().Replace(name, "ID");

    private string? Open(SystemCall call)
    {
        var flags = call.Arguments[call.Name is "openat" ? 2 : 1];
        if (call.ResultPath is not { } path || !_disk.Has(path) || path == root)
            return null;
        if (flags.Contains("O_TMPFILE", StringComparison.Ordinal))
            throw new InvalidDataException($"a file without a name: {path}");

        var isNew = _disk.Find(path) is null;
        if (isNew)
        {
            if (!flags.Contains("O_CREAT", StringComparison.Ordinal))
                throw new InvalidDataException($"an unknown file: {path}");
            _disk.Rename((path, new RecordedFile()));
        }

        if (flags.Contains("O_TRUNC", StringComparison.Ordinal))
            Write(path, new FileWrite(0, null));
        return isNew ? $"the creation of {path}" : null;
    }

    private void Write(string path, FileWrite write)
    {
        if (_disk.Find(path) is not RecordedFile file)
            throw new InvalidDataException($"a write to an unknown file: {path}");
        file.Add(write);
    }

    private string? Rename(SystemCall call)
    {
        var paths = call.Arguments.Where(argument => argument.StartsWith('"')).Select(StraceLog.Path).Select(FullPath).ToList();
        if (paths.TrueForAll(path => path is null || !_disk.Has(path)))
            return null;
        if (paths.Any(path => path is null || !_disk.Has(path)))
            throw new InvalidDataException($"a rename from or to another disk: {string.Join(", ", paths)}");

        var from = paths[0]!;
        if (call.Name.StartsWith("mkdir", StringComparison.Ordinal))
            _disk.Rename((from, new RecordedFolder { IsScratch = Path.GetFileName(from).StartsWith("runner-", StringComparison.Ordinal) }));
        else if (call.Name.StartsWith("unlink", StringComparison.Ordinal) || call.Name is "rmdir")
            _disk.Rename((from, null));
        else if (call.Name.StartsWith("link", StringComparison.Ordinal))
            _disk.Rename((paths[1]!, _disk.Find(from)));
        else
            _disk.Rename((paths[1]!, _disk.Find(from)), (from, null));
        return $"{call.Name} of {string.Join(" to ", paths)}";
    }

    // A runner works in its folder, in which all names are its own.
    private string? FullPath(string path) => path.StartsWith('/') ? path : _disk.Search(path);

    private void Reject(SystemCall call)
    {
        var isOnDisk = call.Arguments.Any(argument => StraceLog.Described(argument) is { } path && _disk.Has(path));
        if (isOnDisk && !call.Name.StartsWith("fsync", StringComparison.Ordinal))
            throw new InvalidDataException($"an unknown system call: {call.Name}({string.Join(", ", call.Arguments)})");
    }

    private string? DiskPath(SystemCall call) =>
        StraceLog.Described(call.Arguments[ReadOnly]) is { } path && _disk.Has(path) ? path : null;

    private static string? Socket(SystemCall call) => StraceLog.Described(call.Arguments[0]) is { } socket
        && (socket.StartsWith("TCP:", StringComparison.Ordinal) || socket.StartsWith("UNIX", StringComparison.Ordinal)) ? socket : null;

    private static long NumberOf(SystemCall call, int index) =>
        long.Parse(call.Arguments[index], System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] BytesOf(SystemCall call) => call.Name is "sendmsg" or "writev"
        ? [.. Parts().Matches(call.Arguments[1]).SelectMany(part => StraceLog.Bytes(part.Value))]
        : StraceLog.Bytes(call.Arguments[1]);

    private byte[] Sent(string socket) => _sent.GetValueOrDefault(socket, []);

    private void Send(string socket, ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. Sent(socket), .. bytes];
        _sent[socket] = all[(Array.LastIndexOf(all, (byte)'\n') + 1)..];
    }

    private bool Promise(byte[] sent)
    {
        var isNew = false;
        var lines = Encoding.UTF8.GetString(sent.AsSpan(0, Array.LastIndexOf(sent, (byte)'\n') + 1));
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            isNew |= line.StartsWith("[{", StringComparison.Ordinal) ? Promises.Answer(line) : Promises.Order(line);
        return isNew;
    }

    [GeneratedRegex("iov_base=\"[^\"]*\"(\\.\\.\\.)?")]
    private static partial Regex Parts();

    [GeneratedRegex("runner-[0-9a-z]+|[0-9a-z.-]+(?=\\.(stdout|stderr|out))")]
    private static partial Regex Ids();
}
