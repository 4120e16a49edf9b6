namespace MeeseeksBox.Foundation.Unix;

/// <summary>Modes of <see cref="LibC.Access"/>.</summary>
internal static class AccessMode
{
    /// <summary>Execute a file, or enter a folder.</summary>
    public const int Executable = 1;

    /// <summary>Write.</summary>
    public const int Writable = 2;

    /// <summary>Read.</summary>
    public const int Readable = 4;
}
