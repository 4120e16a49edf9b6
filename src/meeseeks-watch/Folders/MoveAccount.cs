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

    /// <summary>The path of a name in the target.</summary>
    public string At(string name) => Path.Join(Folder, name);

    /// <summary>The account as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, MoveAccountContext.Lossless.MoveAccount);

    /// <summary>Reads an account; null when it is damaged.</summary>
    public static MoveAccount? Parse(WorkKey key, byte[] text)
    {
        try
        {
            var account = JsonSerializer.Deserialize(text, MoveAccountContext.Lossless.MoveAccount);
            return account is { Folder: not null, Files: not null } ? account with { Key = key } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
