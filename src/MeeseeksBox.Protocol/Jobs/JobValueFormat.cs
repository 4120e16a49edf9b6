using System.Text.Json;

namespace MeeseeksBox.Protocol.Jobs;

/// <summary>How values of one type are read from JSON and written to it.</summary>
internal sealed class JobValueFormat<T>
{
    internal delegate bool Reader(JsonElement value, out T result);

    /// <summary>What a right value is, to end the sentence "'x' is not …".</summary>
    public required string Expected { get; init; }

    /// <summary>What stands for "not set".</summary>
    public T None { get; init; } = default!;

    public required Reader TryRead { get; init; }

    public required Action<Utf8JsonWriter, T> Write { get; init; }

    public required Func<T, string?> Canonical { get; init; }

    /// <summary>Compares values of which <see cref="Canonical"/> does not tell enough; null where it does.</summary>
    public Func<T, T, bool>? AreSame { get; init; }

    /// <summary>False for values that are left out on the wire.</summary>
    public Func<T, bool> IsSet { get; init; } = static value => value is not null;
}
