using System.Text.Json;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The watcher that holds the lock of a watch, as its lock file tells.</summary>
/// <param name="Host">The name of its host.</param>
/// <param name="Pid">Its process there.</param>
/// <param name="Watcher">Its name.</param>
/// <param name="Since">When it has got the lock.</param>
internal sealed record LockOwner(string Host, int Pid, string Watcher, DateTimeOffset Since)
{
    /// <summary>The owner as one line of JSON.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, LockOwnerContext.Default.LockOwner), (byte)'\n'];

    /// <summary>Reads an owner; null when the text is none.</summary>
    public static LockOwner? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, LockOwnerContext.Default.LockOwner) is { Host: not null, Watcher: not null } owner
                ? owner
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
