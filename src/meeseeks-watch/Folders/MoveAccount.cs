using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The account of a move: which files go where, and how far it has got.</summary>
/// <param name="Folder">The target, an absolute path.</param>
/// <param name="Files">The files.</param>
internal sealed record MoveAccount(string Folder, List<MovedFile> Files)
{
    /// <summary>The key of its status file, with the first of the files.</summary>
    [JsonIgnore]
    public WorkKey Key { get; init; }

    /// <summary>The watch, by whose name the hidden files of the move have theirs; null in the account of an earlier version.</summary>
    public string? Watch { get; init; }

    /// <summary>Where a file is now, as far as is known: its folder may have moved with the account.</summary>
    public string PlaceOf(MovedFile file)
    {
        var former = RelativePath.FolderOf(Files[0].Name);
        return RelativePath.FolderOf(file.Name) == former
            ? RelativePath.Join(RelativePath.FolderOf(Key.FileName), RelativePath.NameOf(file.Name))
            : file.Name;
    }

    /// <summary>The account as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, MoveAccountContext.Lossless.MoveAccount);

    /// <summary>Reads an account; null when it is damaged.</summary>
    public static MoveAccount? Parse(WorkKey key, byte[] text)
    {
        try
        {
            var account = JsonSerializer.Deserialize(text, MoveAccountContext.Lossless.MoveAccount);
            return account is { Folder: not null, Files.Count: > 0 } ? account with { Key = key } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
