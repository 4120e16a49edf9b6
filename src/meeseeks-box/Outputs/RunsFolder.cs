using System.Security.Cryptography;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Agent.Outputs;

/// <summary>The folder of the runners of this box and of the outputs of jobs (docs/SPECIFICATION.md#runs-folder).</summary>
/// <param name="stateFile">The state file, beside which it is; null for a temporary folder.</param>
/// <param name="isDurable">True when an output must be on disk before the end of its run is (docs/SPECIFICATION.md#durability).</param>
/// <param name="flush">The flush of the disk; null for <see cref="DiskFlush.Real"/>.</param>
internal sealed class RunsFolder(string? stateFile, bool isDurable, DiskFlush? flush = null) : IDisposable
{
    private const string RunnerPrefix = "runner-";
    private const string KeyFile = "key";
    private const int KeySize = 32;

    private readonly Lock _lock = new();
    private string? _path = stateFile is null ? null : RealPath.Of(stateFile) + ".runs";

    /// <summary>True when it stays after the end of the box.</summary>
    public bool IsKept => stateFile is not null;

    /// <summary>The flush of a file of an output, which must be on disk before a job refers to it; null when it need not.</summary>
    public DiskFlush? Flush => IsKept && isDurable ? flush ?? DiskFlush.Real : null;

    /// <summary>True when a copy of a damaged file of the state may still have jobs whose outputs are here.</summary>
    public bool HasDamagedState => stateFile is not null && DamagedFile.IsBeside(RealPath.Of(stateFile));

    /// <summary>Its path when it may be there; null otherwise.</summary>
    public string? Existing => _path is { } path && Directory.Exists(path) ? path : null;

    /// <summary>Its path, where it is made at the first need.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public string Make()
    {
        lock (_lock)
        {
            _path ??= Directory.CreateTempSubdirectory(SpoolFile.TemporaryPrefix).FullName;
            if (Directory.Exists(_path))
                return _path;

            var made = Directory.CreateDirectory(_path, SpoolFolder.OnlyOwner).FullName;
            Flush?.NameOf(made);
            return made;
        }
    }

    /// <summary>The files in it that may be outputs.</summary>
    public IEnumerable<string> Outputs => Existing is { } path
        ? Directory.EnumerateFiles(path).Where(file => Path.GetFileName(file) is not KeyFile)
        : [];

    /// <summary>The secret of this box for its runners of other users, made at the first need; null when it need not last.</summary>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or made.</exception>
    public byte[]? Key()
    {
        if (!IsKept)
            return null;

        lock (_lock)
        {
            using var file = AppendFile.OpenPrivate(Path.Combine(Make(), KeyFile), FileShare.None);
            var key = new byte[KeySize];
            if (file.Length is KeySize)
            {
                file.ReadExactly(key);
                return key;
            }

            RandomNumberGenerator.Fill(key);
            file.SetLength(0);
            file.Write(key);
            file.Flush(flushToDisk: true);
            Flush?.NameOf(file.Name);
            return key;
        }
    }

    /// <summary>The folders of runners that are there.</summary>
    public IReadOnlyList<string> Runners => Existing is { } path ? Directory.GetDirectories(path, RunnerPrefix + "*") : [];

    /// <summary>Makes a folder for a runner.</summary>
    /// <param name="suffix">The end of its name; empty for the user of the box.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public string MakeForRunner(string suffix = "")
    {
        var runs = Make();
        if (suffix.Length > 0 && !FileKind.IsPrivateFolder(runs))
            throw new IOException($"{runs} must be a folder of the user of the box with mode 0700, because its names are trusted");

        var name = RunnerPrefix + Guid.NewGuid().ToString("N")[..12] + suffix;
        return Directory.CreateDirectory(Path.Combine(runs, name), SpoolFolder.OnlyOwner).FullName;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsKept && Existing is { } path)
            SpoolFolder.DeleteAll(path);
    }
}
