namespace MeeseeksBox.Foundation.Unix;

/// <summary>What the system knows about a file; see statx(2). Equal facts mean an unchanged file.</summary>
public readonly record struct FileFacts
{
    /// <summary>Its type, such as <see cref="FileKind.Regular"/>.</summary>
    public required int Kind { get; init; }

    /// <summary>The number of its names.</summary>
    public required uint Links { get; init; }

    /// <summary>What distinguishes it from all other files.</summary>
    public required FileId Id { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>When its data or its attributes changed last, by the clock of its host, in units of 100 ns since 1970.</summary>
    public required long ChangeTime { get; init; }

    /// <summary>The time of its last write, which users may set, in units of 100 ns since 1970.</summary>
    public required long WriteTime { get; init; }
}
