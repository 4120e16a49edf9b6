using System.Runtime.InteropServices;
using System.Text;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Keeps the results of a watch in extended attributes of its files (docs/SPECIFICATION.md#status-attributes).</summary>
/// <remarks>Accounts of moves stay in files: while a file moves, it may be at either place.</remarks>
internal sealed class StatusAttributes : StatusAccount
{
    private static readonly int[] FolderErrors = [ErrorNumber.Io, ErrorNumber.ReadOnlyFileSystem, ErrorNumber.StaleHandle];
    private static readonly int[] NoRoom = [ErrorNumber.NoSpace, ErrorNumber.ArgumentsTooLong, ErrorNumber.TooSmall];

    private readonly WatchSettings _settings;
    private readonly Func<string> _folder;
    private readonly string _subfolder;
    private readonly AttributeName _names;
    private readonly byte[] _prefix;
    private readonly StatusFiles _files;
    private readonly AttributeReader _reader;

    /// <summary>Makes an account.</summary>
    /// <param name="settings">The watch.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="subfolder">The sub-folder of the watched folder to which the folder belongs; empty for all.</param>
    /// <param name="time">The source of the time; null to read each file each time.</param>
    public StatusAttributes(WatchSettings settings, Func<string> folder, string subfolder = "", TimeProvider? time = null)
    {
        (_settings, _folder, _subfolder) = (settings, folder, subfolder);
        _names = new AttributeName(settings.Name);
        _reader = new AttributeReader(settings, time);
        _prefix = Encoding.UTF8.GetBytes(_names.Prefix);
        _files = new StatusFiles(folder, settings.Name, subfolder);
    }

    /// <inheritdoc/>
    public override bool GoesWithFile => true;

    /// <inheritdoc/>
    public override string Noun => "attributes";

    /// <inheritdoc/>
    public override string Alternative => "status: files keeps results in files";

    private bool HasMoves => (_settings.DoneTo ?? _settings.FailedTo) is not null;

    /// <inheritdoc/>
    public override bool IsFile(StatusState state) => state is StatusState.Moving;

    /// <inheritdoc/>
    public override bool CanStand(WorkKey key) => _names.CanStand(key.Index) && (!HasMoves || _files.CanStand(key));

    /// <inheritdoc/>
    public override string? ObstacleOf(WorkKey key)
    {
        var file = At(key);
        if (FileKind.Of(file) is FileKind.None)
            return null;
        return !ExtendedAttributes.AreSupported(file) ? $"{key.FileName}: its file system has no attributes of users"
            : LibC.Access(file, AccessMode.Writable) < 0
                ? $"{key.FileName}: {FileProblem.TextOf(Marshal.GetLastPInvokeError())}"
            : null;
    }

    /// <inheritdoc/>
    public override string FlushedFor(WorkKey key) => At(key);

    /// <inheritdoc/>
    /// <remarks>It changes nothing: each attempt to set an attribute would be a change of a file.</remarks>
    public override void Probe(string below = "")
    {
        var place = Path.Join(_folder(), below);
        if (!ExtendedAttributes.AreSupported(place))
            throw Folder(place, "its file system has no attributes of users");
        if (LibC.Access(place, AccessMode.Writable) < 0
            && Marshal.GetLastPInvokeError() is ErrorNumber.ReadOnlyFileSystem and var error)
            throw Folder(place, FileProblem.TextOf(error));
        if (HasMoves)
            _files.Probe(below);
    }

    /// <inheritdoc/>
    public override void BeginScan() => _reader.BeginScan();

    /// <inheritdoc/>
    public override IEnumerable<FolderEntry> EntriesOf(string file, bool isFresh = true) => _reader.EntriesOf(_folder(), file, isFresh);

    /// <inheritdoc/>
    public override int TakeFormer(string place, string former) =>
        _files.TakeFormer(place, former) + FormerAttributes.Take(place, former, _settings.Name);

    /// <inheritdoc/>
    public override void WriteMove(StatusTable table, MoveAccount account) => _files.WriteMove(table, account);

    /// <inheritdoc/>
    public override MoveAccount? ReadMove(WorkKey key) => _files.ReadMove(key);

    /// <inheritdoc/>
    /// <remarks>Where the other file system has no attributes, the copy has none. Its results are removed soon anyway.</remarks>
    public override void CopyResults(string source, string copy)
    {
        foreach (var name in ExtendedAttributes.NamesOf(source, _prefix))
            _ = ExtendedAttributes.TrySet(copy, name, ExtendedAttributes.ValueOf(source, name));
    }

    /// <inheritdoc/>
    public override void MoveFailure(StatusTable table, WorkKey key, string folder, string name)
    {
        var file = Path.Join(folder, name);
        if (ExtendedAttributes.ValueOf(file, _names.Of(key.Index, StatusState.Failed)) is { } text)
            _ = ExtendedAttributes.TrySet(file, _names.OfFormerFailure(key.Index), text);
        foreach (var state in AttributeName.States)
        {
            if (ExtendedAttributes.TryRemove(file, _names.Of(key.Index, state)) is not 0 and var error)
                throw new IOException(FileProblem.TextOf(error), error);
        }
    }

    /// <inheritdoc/>
    public override FailureText ReadFailure(WorkKey key) =>
        ValueOf(key, StatusState.Failed) is { } value ? FailureText.Of(value) : default;

    /// <inheritdoc/>
    public override long? ReadTime(WorkKey key) =>
        ValueOf(key, StatusState.Mtime) is { } value ? FileTime.Parse(value) : null;

    /// <inheritdoc/>
    public override DateTimeOffset? WrittenAt(WorkKey key, StatusState state) =>
        ValueOf(key, state) is { } value && AttributeText.TimeOf(value) is { } time
            ? new DateTimeOffset(FileTime.ToUtc(time))
            : null;

    /// <inheritdoc/>
    protected override bool Has(WorkKey key, StatusState state) => ValueOf(key, state) is not null;

    /// <inheritdoc/>
    /// <remarks>No value has an environment, so that none is private. A value that has no room is tried shorter.</remarks>
    protected override bool TryPut(WorkKey key, StatusState state, byte[] text, long now, bool isPrivate) =>
        TrySet(key, state, AttributeText.Of(text, now));

    /// <inheritdoc/>
    protected override bool TryPutTime(WorkKey key, long mtime) =>
        TrySet(key, StatusState.Mtime, [Encoding.ASCII.GetBytes(FileTime.Text(mtime) + "\n")]);

    /// <inheritdoc/>
    protected override void Delete(WorkKey key, StatusState state)
    {
        if (IsFile(state))
            _files.Remove(new StatusTable(), key, state);
        else if (ExtendedAttributes.TryRemove(At(key), _names.Of(key.Index, state)) is not 0 and var error)
            throw Fault(key, error);
    }

    private bool TrySet(WorkKey key, StatusState state, IReadOnlyList<byte[]> values)
    {
        var error = 0;
        foreach (var value in values)
        {
            error = ExtendedAttributes.TrySet(At(key), _names.Of(key.Index, state), value);
            if (!NoRoom.Contains(error))
                break;
        }

        return error switch
        {
            0 => true,
            ErrorNumber.NoEntry or ErrorNumber.NotFolder => false,
            _ => throw Fault(key, error),
        };
    }

    // A full disk has no room for any file. Else it is this file that has too many attributes.
    private IOException Fault(WorkKey key, int error)
    {
        var isOfAll = FolderErrors.Contains(error) || (error is ErrorNumber.NoSpace && new DriveInfo(_folder()).TotalFreeSpace == 0);
        if (isOfAll)
            return Folder(_folder(), FileProblem.TextOf(error));
        var reason = NoRoom.Contains(error) ? "it has no room for one more attribute: remove some (getfattr -d)"
            : error is ErrorNumber.NotSupported ? "its file system has no attributes of users"
            : FileProblem.TextOf(error);
        return new StatusNameException(At(key), new IOException(reason));
    }

    private static StatusFolderException Folder(string place, string reason) => new(place, string.Empty, new IOException(reason));

    private byte[]? ValueOf(WorkKey key, StatusState state) => _reader.ValueOf(At(key), key.Index, state);

    private string At(WorkKey key) =>
        Path.Join(_folder(), _subfolder.Length == 0 ? key.FileName : RelativePath.NameOf(key.FileName));
}
