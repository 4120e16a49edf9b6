using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>Reads values of one type from JSON and writes them.</summary>
internal sealed record JobValueFormat<T>
{
    internal delegate bool Reader(JsonElement value, out T result);

    /// <summary>Describes a valid value, to complete the sentence "'x' is not …".</summary>
    public required string Expected { get; init; }

    /// <summary>The value that means "not set".</summary>
    public T None { get; init; } = default!;

    public required Reader TryRead { get; init; }

    public required Action<Utf8JsonWriter, T> Write { get; init; }

    public required Func<T, string?> Canonical { get; init; }

    /// <summary>Compares two values; null when equal <see cref="Canonical"/> texts are sufficient.</summary>
    public Func<T, T, bool>? AreSame { get; init; }

    /// <summary>False for values that are omitted on the wire.</summary>
    public Func<T, bool> IsSet { get; init; } = static value => value is not null;
}
