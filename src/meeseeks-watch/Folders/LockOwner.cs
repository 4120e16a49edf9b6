using System.Text.Json;
using System.Text.Json.Serialization;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The watcher that holds the lock of a watch, as its lock file tells.</summary>
/// <param name="Host">The name of its host.</param>
/// <param name="Pid">Its process there.</param>
/// <param name="Watcher">Its name.</param>
/// <param name="Since">When it has got the lock.</param>
/// <param name="Depth">How many levels of sub-folders it watches.</param>
internal sealed record LockOwner(string Host, int Pid, string Watcher, DateTimeOffset Since, int Depth = 0)
{
    /// <summary>The watcher of this process.</summary>
    /// <param name="watcher">Its name.</param>
    /// <param name="depth">How many levels of sub-folders it watches.</param>
    /// <param name="time">The source of the time.</param>
    public static LockOwner OfThisProcess(string watcher, int depth, TimeProvider time) =>
        new(HostName.Read(), Environment.ProcessId, watcher, time.GetUtcNow(), depth);

    /// <summary>Whether it is this process.</summary>
    [JsonIgnore]
    public bool IsThisProcess => Pid == Environment.ProcessId && Host == HostName.Read();

    /// <inheritdoc/>
    public override string ToString() => $"{Host}, {Pid}, since {Since:yyyy-MM-dd HH:mm:ss}Z";

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
